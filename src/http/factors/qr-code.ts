import type { Context } from 'koa';
import { renderSVG } from 'uqr';

/** Answers a QR code as an image of its own, which nobody on the way stores. */
export function answerQrCode(ctx: Context, text: string): void {
  ctx.type = 'image/svg+xml';
  ctx.set('Cache-Control', 'no-store');
  // Dark on light whatever the page's colours, with the quiet zone that cameras need.
  ctx.body = renderSVG(text, { border: 4, ecc: 'M' });
}
