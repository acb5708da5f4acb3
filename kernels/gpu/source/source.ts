/**
 * Text of a kernel, one operation a line: expressions nested some hundred deep overflow the parsers of WGSL and GLSL.
 * Each line lies in the outermost loop in which its operands are known, and equal lines are one.
 */
export interface Term {
  readonly text: string
  /** In how many loops the term lies: 0 outside all, `behind` after them. */
  readonly depth: number
}

/** Depth of what the loops come to, and of what is made of it. */
export const behind = Infinity

/** A new line of the terms and numbers in the template, and the name of its value. */
export type Line = (strings: TemplateStringsArray, ...pieces: readonly (Term | number)[]) => Term

export interface Source {
  readonly line: Line
  /** Lines of that depth, in order. */
  readonly linesAt: (depth: number) => readonly string[]
}

/** A finite number in place; gpu.js knows no literal for the others. */
export const numeral = (value: number): Term => ({
  text: value < 0 || Object.is(value, -0) ? `(-${String(-value)})` : String(value),
  depth: 0
})

export const openSource = (): Source => {
  const blocks = new Map<number, string[]>()
  const known = new Map<string, Term>()
  const line: Line = (strings, ...pieces) => {
    const terms = pieces.map((piece) => (typeof piece === 'number' ? numeral(piece) : piece))
    const text = strings.reduce((before, after, i) => before + terms[i - 1]!.text + after)
    const same = known.get(text)
    if (same !== undefined) return same
    const term: Term = { text: `t${String(known.size)}`, depth: Math.max(0, ...terms.map(({ depth }) => depth)) }
    known.set(text, term)
    const block = blocks.get(term.depth) ?? []
    block.push(`const ${term.text} = ${text};`)
    blocks.set(term.depth, block)
    return term
  }
  return { line, linesAt: (depth) => blocks.get(depth) ?? [] }
}
