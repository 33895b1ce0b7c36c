/** Tells when something has changed, in this process or in another one. */
export interface Changes<Kind extends string> {
  /** False while changes may go unheard. */
  readonly listening: boolean;
  onChange(kind: Kind, listener: (id: string) => void): void;
  onGap(listener: () => void): void;
}

/** More than this is looked up again now and then. */
const MAX_ENTRIES = 10_000;

/**
 * Keeps what is looked up by id in memory, for as long as every change of it is sure to be heard.
 * @param options.isKept what of the answers is remembered; default: all
 */
export function createFollowedCache<Kind extends string, Value>(
  find: (id: string) => Promise<Value>,
  changes: Changes<Kind>,
  options: { readonly kind: Kind; readonly isKept?: (value: Value) => boolean },
): (id: string) => Promise<Value> {
  const { kind, isKept = () => true } = options;
  const cached = new Map<string, Promise<Value>>();
  const pending = new Map<string, Promise<Value>>();

  changes.onChange(kind, (id) => {
    cached.delete(id);
    // What is being read may be what has just changed: whoever asks from now on reads again.
    pending.delete(id);
  });
  changes.onGap(() => {
    cached.clear();
    pending.clear();
  });

  const remember = (id: string, found: Promise<Value>): void => {
    const oldest = cached.size >= MAX_ENTRIES ? cached.keys().next() : undefined;
    if (oldest?.done === false) cached.delete(oldest.value);
    cached.set(id, found);
  };

  const read = (id: string): Promise<Value> => {
    const reading = find(id).then((value) => {
      if (pending.get(id) === reading && isKept(value)) remember(id, reading);
      return value;
    });
    pending.set(id, reading);
    const done = (): void => {
      if (pending.get(id) === reading) pending.delete(id);
    };
    reading.then(done, done);
    return reading;
  };

  return (id) => {
    if (!changes.listening) return find(id);
    return cached.get(id) ?? pending.get(id) ?? read(id);
  };
}
