/** Notes that something happened, for the trace of a schedule and for what a series of schedules has met. */
export type Count = (action: string) => void;
