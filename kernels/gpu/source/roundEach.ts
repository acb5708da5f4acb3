/** What computes a float: neither a load, nor the number of a thread, nor a comparison. */
const isComputed = (text: string): boolean =>
  !/^(?:a\d+\[.*\]|this\.thread\.[xyz]|[\w.]+)$/.test(text) && !text.endsWith('? 1 : 0')

/**
 * Rewrites a kernel so that every value is rounded to single precision as it is made. gpu.js's own processor mode computes
 * in double and rounds what a kernel returns, so that a value that is stored and the same value computed again would differ.
 */
export const roundEach = (source: string): string =>
  source.replaceAll(/^(\s*(?:const |let )?[ts]\w* = )(.*);$/gm, (line: string, target: string, text: string) =>
    isComputed(text) ? `${target}Math.fround(${text});` : line
  )
