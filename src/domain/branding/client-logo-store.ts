import type { ImageType } from './image-type.js';

/** An image as pages show it. */
export interface LogoImage {
  readonly type: ImageType;
  readonly bytes: Uint8Array;
}

/** What is known of a client's logo. */
export interface ClientLogo {
  /** SHA-256 of its bytes as hexadecimal digits: part of its address. */
  readonly hash: string;
  readonly type: ImageType;
  /** Where it was fetched from; absent: it was uploaded. */
  readonly uri: string | undefined;
  readonly storedAt: Date;
}

/** A logo that is to be fetched. */
export interface WantedLogo {
  readonly clientId: string;
  readonly uri: string;
}

/** Logos of clients. */
export interface ClientLogoStore {
  /** @returns undefined where there is none, or none has been fetched yet */
  find(clientId: string): Promise<ClientLogo | undefined>;
  /** @param hash hexadecimal digits */
  read(hash: string): Promise<LogoImage | undefined>;
  /** Keeps an uploaded logo. What was there before is gone. */
  put(clientId: string, image: LogoImage, now: Date): Promise<void>;
  /** @returns false where there was none */
  remove(clientId: string): Promise<boolean>;
  /**
   * Takes logos that are due to be fetched, so that no other instance takes them too; they are due again at `again`.
   * An uploaded logo is never due.
   * @param declared those of clients in the configuration file
   */
  claimDue(
    declared: readonly WantedLogo[],
    at: { readonly now: Date; readonly again: Date; readonly limit: number },
  ): Promise<readonly WantedLogo[]>;
  /** Keeps a logo that was fetched, unless something else is wanted by now. */
  keepFetched(logo: WantedLogo, image: LogoImage, at: { now: Date; again: Date }): Promise<void>;
  /** Forgets logos of clients that are gone, and fetched ones that no client names any more. @returns how many */
  purge(
    declared: readonly { readonly clientId: string; readonly uri: string | undefined }[],
  ): Promise<number>;
}
