const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Escapes text to stand in HTML, in attributes too. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** Rounds to six digits, more than a curve shows and a third of the text. */
const short = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value

/** Writes data to stand in a script of an HTML page: JSON that cannot end the script, with numbers of six digits. */
export const scriptData = (value: unknown): string =>
  JSON.stringify(value, short).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Writes bytes as the address of an image. */
export const dataUri = (type: string, bytes: Uint8Array): string => {
  const parts: string[] = []
  // An apply of too many arguments overflows the stack.
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
  return `data:${type};base64,${btoa(parts.join(''))}`
}
