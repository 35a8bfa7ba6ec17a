/** What happens next in any case. One for all: the sandbox traces each promise that is made. */
export const AT_ONCE = Promise.resolve();
