/** Lays out code: what is a piece of text, or a list between brackets that stands on one line where it fits. */
export type Layout = string | { readonly open: string; readonly items: readonly Layout[]; readonly close: string }

const widest = 100

const padded = (open: string, inner: string, close: string): string =>
  open.endsWith('{') && inner !== '' ? `${open} ${inner} ${close}` : `${open}${inner}${close}`

const onOneLine = (x: Layout): string =>
  typeof x === 'string' ? x : padded(x.open, x.items.map(onOneLine).join(', '), x.close)

/** Puts `before` ahead of the first word of a layout: the key of an entry, or a function that is called. */
export const after = (before: string, x: Layout): Layout =>
  typeof x === 'string' ? before + x : { ...x, open: before + x.open }

/** Prints a layout that begins `indent` spaces from the left, and is followed by at most one character. */
export const printLayout = (x: Layout, indent = 0): string => {
  const flat = onOneLine(x)
  if (typeof x === 'string' || (indent + flat.length < widest && !flat.includes('\n'))) return flat
  // A last argument in brackets opens them on the line of the call.
  const last = x.items.at(-1)
  const heads = x.items.slice(0, -1)
  if (
    last !== undefined &&
    typeof last !== 'string' &&
    !x.open.endsWith('{') &&
    heads.every((y) => typeof y === 'string')
  )
    return `${x.open}${heads.map((y) => `${y}, `).join('')}${printLayout(last, indent)}${x.close}`
  const space = ' '.repeat(indent + 2)
  const lines = x.items.map((item) => space + printLayout(item, indent + 2))
  return `${x.open}\n${lines.join(',\n')}\n${' '.repeat(indent)}${x.close}`
}
