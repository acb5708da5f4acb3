/**
 * An expression in the text of a kernel: a name or a number. Text has one operation a line, since expressions nested some
 * hundred deep overflow the parsers of WGSL and GLSL. Each line lies in the outermost loop in which its operands are known,
 * and equal lines are written once.
 */
export interface Term {
  readonly text: string
  /** How many loops surround the term: 0 outside all loops, `behind` after them. */
  readonly depth: number
}

/** The depth of what loops accumulate, and of everything computed from it. */
export const behind = Infinity

/** Adds a line that computes the template of terms and numbers, and returns the name of its value. */
export type Line = (strings: TemplateStringsArray, ...pieces: readonly (Term | number)[]) => Term

export interface Source {
  readonly line: Line
  /** Returns the lines of that depth, in order. */
  readonly linesAt: (depth: number) => readonly string[]
}

/** Writes a finite number; gpu.js has no literal for infinities and NaN. */
export const numeral = (value: number): Term => ({
  text: value < 0 || Object.is(value, -0) ? `(-${String(-value)})` : String(value),
  depth: 0
})

/** Starts an empty text. */
export const openSource = (): Source => {
  const blocks = new Map<number, string[]>()
  const known = new Map<string, Term>()
  const line: Line = (strings, ...pieces) => {
    const terms = pieces.map((piece) => (typeof piece === 'number' ? numeral(piece) : piece))
    const text = strings.reduce((before, after, i) => before + terms[i - 1]!.text + after)
    const same = known.get(text)
    if (same !== undefined) return same
    const term: Term = {
      text: `t${String(known.size)}`,
      depth: terms.reduce((most, { depth }) => Math.max(most, depth), 0)
    }
    known.set(text, term)
    const block = blocks.get(term.depth) ?? []
    block.push(`const ${term.text} = ${text};`)
    blocks.set(term.depth, block)
    return term
  }
  return { line, linesAt: (depth) => blocks.get(depth) ?? [] }
}
