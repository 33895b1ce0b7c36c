/** Removes what expired and can no longer matter, in bounded batches. */
export interface ArtifactPurge {
  /**
   * Removes at most `limit` artifacts that expired before the clock tolerance.
   * @returns how many were removed
   */
  purgeExpired(limit: number): Promise<number>;
}

/**
 * Removes every expired artifact, batch by batch, so that no lock is held for long.
 * @param limit rows a batch
 * @returns how many were removed
 */
export async function purgeArtifacts(purge: ArtifactPurge, limit = 1_000): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await purge.purgeExpired(limit);
    total += removed;
    if (removed < limit) return total;
  }
}
