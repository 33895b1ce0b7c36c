import path from 'node:path';
import type { Font } from '../domain/branding/client-branding.js';
import type { BrandImage } from '../domain/branding/brand-image.js';
import type { FileContent } from './file-schema.js';

/** How the hosted pages name themselves and look. */
export interface Branding {
  readonly name: string;
  /** `#rrggbb` in lower case. */
  readonly accent: string | undefined;
  /** Pixels. */
  readonly radius: number | undefined;
  readonly font: Font | undefined;
  /** Absolute path of an image file. */
  readonly logo: string | undefined;
  /** Absolute path of the image file for dark pages. */
  readonly logoDark: string | undefined;
  /** Absolute path of an image file. */
  readonly favicon: string | undefined;
  /** Addresses of images that are copied from elsewhere; such an image has no file. */
  readonly remoteImages: Readonly<Partial<Record<BrandImage, string>>>;
  readonly helpUrl: string | undefined;
  readonly privacyUrl: string | undefined;
  readonly termsUrl: string | undefined;
}

/** @param folder absolute path of the configuration file's folder, where relative paths start */
export function toBranding(branding: FileContent['branding'], folder: string): Branding {
  const file = (name: string | undefined): string | undefined =>
    name === undefined || isRemote(name) ? undefined : path.resolve(folder, name);
  const images = { logo: branding.logo, logoDark: branding.logo_dark, favicon: branding.favicon };
  return {
    name: branding.name,
    accent: branding.accent?.toLowerCase(),
    radius: branding.radius,
    font: branding.font,
    logo: file(branding.logo),
    logoDark: file(branding.logo_dark),
    favicon: file(branding.favicon),
    remoteImages: Object.fromEntries(
      Object.entries(images).filter(([, name]) => name !== undefined && isRemote(name)),
    ),
    helpUrl: branding.help_url,
    privacyUrl: branding.privacy_url,
    termsUrl: branding.terms_url,
  };
}

function isRemote(image: string): boolean {
  return /^https:/i.test(image);
}
