/** Collects the arrays that a kernel reads, each once, and names them in its text. */
export interface Arguments {
  readonly nameOf: (buffer: number) => string
  /** The arrays named so far, in order. */
  readonly reads: readonly number[]
}

const name = (i: number): string => `a${String(i)}`

export const openArguments = (): Arguments => {
  const reads: number[] = []
  return {
    nameOf: (buffer) => {
      const known = reads.indexOf(buffer)
      return name(known >= 0 ? known : reads.push(buffer) - 1)
    },
    reads
  }
}

/** Writes a kernel as a function of its arrays. */
export const functionOf = ({ reads }: Arguments, lines: readonly string[]): string =>
  `function(${reads.map((_, i) => name(i)).join(', ')}) {\n  ${lines.join('\n  ')}\n}`
