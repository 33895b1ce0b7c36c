import { z } from 'zod';

/** A JSON Schema as the document has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A parameter of an operation. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** An operation as the document tells of it; nothing here is taken from the code that serves it. */
export interface ApiOperation {
  readonly id: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  /** All of them are needed; undefined: no token is. */
  readonly scopes: readonly string[] | undefined;
  readonly parameters: readonly ApiParameter[];
  readonly body: { readonly type: string; readonly schema: JsonSchema } | undefined;
  readonly success: number;
  /** Status → the body that it comes with; undefined: none. */
  readonly responses: ReadonlyMap<number, ApiResponse | undefined>;
}

/** A body as the document tells of it. */
export interface ApiResponse {
  readonly type: string;
  readonly schema: JsonSchema;
  /** Of the same schema. */
  readonly check: z.ZodType;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface DocumentOperation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** Whether carrying out the operation changes something. */
export function isWrite({ method }: Pick<ApiOperation, 'method'>): boolean {
  return method !== 'get';
}

/** Names of the members of an object's schema. */
export function membersOf(schema: JsonSchema | undefined): readonly string[] {
  return Object.keys((schema?.['properties'] as object | undefined) ?? {});
}

/**
 * Reads the operations of an OpenAPI document.
 * @see OpenAPI Specification 3.1.1 §4.8.10
 */
export function operationsOf(document: Readonly<Record<string, unknown>>): readonly ApiOperation[] {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const responses = new Map(
        Object.entries(operation.responses).map(([status, response]) => [
          Number(status),
          responseOf(document, response),
        ]),
      );
      const [body] = Object.entries(operation.requestBody?.content ?? {});
      return {
        id: operation.operationId,
        method,
        path,
        scopes: operation.security[0]?.['oauth2'],
        parameters: operation.parameters,
        body: body && { type: body[0], schema: body[1].schema },
        success: [...responses.keys()].find((status) => status < 300) ?? 0,
        responses,
      };
    }),
  );
}

function responseOf(document: JsonSchema, { content = {} }: Content): ApiResponse | undefined {
  const [entry] = Object.entries(content);
  if (!entry) return undefined;
  const [type, { schema }] = entry;
  const resolved = resolve(document, schema);
  return { type, schema: resolved, check: z.fromJSONSchema(resolved) };
}

/** Follows a reference within the document. @see RFC 6901 §6 */
function resolve(document: JsonSchema, schema: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<JsonSchema>((node, step) => node[step] as JsonSchema, document);
}
