/** How another system names a person. @see RFC 9493 §3.2.2, §3.2.3, §3.2.4 */
export type SubjectIdentifier =
  | { readonly format: 'opaque'; readonly id: string }
  | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string }
  | { readonly format: 'email'; readonly email: string };
