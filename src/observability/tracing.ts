/** What a span says beside its name; never a value that came with a request. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A request that is being traced. */
export interface TracedRequest {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** To be called once, when it is known how the request was answered. */
  answered(answer: { readonly route: string; readonly status: number; readonly requestId: string }): void;
}

/** A piece of work under way. */
export interface OpenSpan {
  /** @param failure name or code of what went wrong; absent: nothing */
  end(failure?: string): void;
}

/**
 * Follows requests through this server, for a collector of traces. There is one only where a collector is configured.
 * @see W3C Trace Context
 */
export interface Tracing {
  /** Answers a request in a span, which continues the trace of whoever asks, if they sent one. */
  readonly request: <Result>(
    request: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    },
    answer: (traced: TracedRequest) => Promise<Result>,
  ) => Promise<Result>;
  /** Does a piece of work in a span of its own; outside any trace it is just done. */
  readonly within: <Result>(
    name: string,
    attributes: SpanAttributes,
    work: () => Promise<Result>,
  ) => Promise<Result>;
  /** Begins a span below the one under way; undefined outside any trace. */
  readonly begin: (name: string, attributes: SpanAttributes) => OpenSpan | undefined;
  /**
   * Makes a request of this server's own in a span.
   * @param send is given the headers by which the other side can continue the trace
   */
  readonly outbound: <Answer extends { readonly status: number }>(
    request: { readonly method: string; readonly url: string },
    send: (headers: Readonly<Record<string, string>>) => Promise<Answer>,
  ) => Promise<Answer>;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
}
