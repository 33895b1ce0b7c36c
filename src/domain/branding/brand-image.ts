/** An image of the operator's branding. */
export const BRAND_IMAGES = ['logo', 'logoDark', 'favicon'] as const;
export type BrandImage = (typeof BRAND_IMAGES)[number];

/**
 * The id under which an image of the branding is kept among the logos of clients, where it is copied from elsewhere. No
 * client has such an id: theirs are of ASCII characters.
 * @see RFC 6749 Appendix A.1
 */
export function brandImageId(image: BrandImage): string {
  return `branding›${image}`;
}
