import { createHash } from 'node:crypto';
import type { Context, Middleware, Next } from 'koa';
import { noteRoute } from './route-template.js';

interface Document {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Seconds that each document may be kept without asking again, by its path. */
export type DocumentAges = Readonly<Record<string, number>>;

/**
 * Answers the protocol's fixed documents, discovery and the key set, from memory. The library makes each of them once;
 * a new provider, which new keys bring, makes its own.
 * @param protocol the protocol's endpoints as they are now
 * @see OpenID Connect Core 1.0 §10.1.1 (caching of keys)
 */
export function prebuiltDocuments(protocol: () => Middleware, ages: DocumentAges): Middleware {
  const built = new WeakMap<Middleware, Map<string, Document>>();

  const answer = async (ctx: Context, next: Next, age: number): Promise<void> => {
    noteRoute(ctx, ctx.path);
    const answering = protocol();
    const documents = built.get(answering) ?? new Map<string, Document>();
    built.set(answering, documents);
    let document = documents.get(ctx.path);
    if (!document) {
      await answering(ctx, next);
      if (ctx.status !== 200) return;
      document = toDocument(ctx.body, ctx.response.type);
      documents.set(ctx.path, document);
    }
    ctx.status = 200;
    ctx.set({
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': age === 0 ? 'no-cache' : `public, max-age=${age}`,
      ETag: document.etag,
    });
    // The same for everybody.
    ctx.remove('Vary');
    ctx.type = document.type;
    ctx.body = document.body;
    if (ctx.fresh) ctx.status = 304;
  };

  return (ctx, next) => {
    const age = ctx.method === 'GET' || ctx.method === 'HEAD' ? ages[ctx.path] : undefined;
    return age === undefined ? next() : answer(ctx, next, age);
  };
}

function toDocument(body: unknown, type: string): Document {
  const bytes = Buffer.from(JSON.stringify(body));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { body: bytes, type, etag };
}
