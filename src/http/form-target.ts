/** A form that the page posts to; every form carries the token, see `middlewares/csrf`. */
export interface FormTarget {
  /** Path or URL of this provider that the form posts to. */
  readonly action: string;
  /** Printed as the hidden field `csrf`. */
  readonly csrf: string;
}

/** A form whose answer goes to the protocol library, which brings a token of its own. */
export interface LibraryFormTarget {
  readonly action: string;
  /** Printed as the hidden field `xsrf`: the library checks it. */
  readonly xsrf: string;
  /** Printed as the hidden field `csrf` where our own check covers the address too. */
  readonly csrf?: string | undefined;
}
