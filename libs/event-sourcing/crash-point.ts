/**
 * Called by its name between every two writes that belong together, so that a test can end the process exactly there.
 * In production it does nothing.
 */
export type CrashPoint = (name: string) => void;

export const noCrash: CrashPoint = () => undefined;
