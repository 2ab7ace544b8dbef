/** Seconds. */
export const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The gateway's own share is of another size: most of a request's is under a millisecond, unless it waits. */
export const ownDurations = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

export const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096];
