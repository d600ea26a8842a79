/** The part of cli-progress that is used; the package brings no types. */
declare module 'cli-progress' {
  interface BarOptions {
    format: string;
    stream: NodeJS.WritableStream;
    hideCursor?: boolean;
    clearOnComplete?: boolean;
    barsize?: number;
    fps?: number;
  }
  export class SingleBar {
    constructor(options: BarOptions, preset?: unknown);
    start(total: number, value: number, payload?: Record<string, unknown>): void;
    update(value: number, payload?: Record<string, unknown>): void;
    setTotal(total: number): void;
    stop(): void;
  }
  const _default: { SingleBar: typeof SingleBar; Presets: { shades_classic: unknown } };
  export default _default;
}
