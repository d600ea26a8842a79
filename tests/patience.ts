/**
 * What takes a minute where nothing else runs. Limits end what hangs, they do not judge the machine: shared ones were seen
 * to be three times slower.
 */
export const MINUTES = 3 * 60_000;
