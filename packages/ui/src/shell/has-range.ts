/** Whether the page at this path shows a time range. A trace is found wherever it is: the range would change nothing on its page. */
export const hasRange = (path: string): boolean => !/^\/traces\/./.test(path);
