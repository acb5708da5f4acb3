const { atob: decode, btoa: encode } = globalThis as unknown as {
  readonly atob: (text: string) => string
  readonly btoa: (binary: string) => string
}

/** Bytes that are encoded at once: a multiple of 3, so that pieces can be joined. */
const piece = 3 * 2 ** 13

/** Writes the bytes of an array as text. */
export const toBase64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string => {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  const pieces: string[] = []
  for (let i = 0; i < byteLength; i += piece) pieces.push(encode(String.fromCharCode(...bytes.subarray(i, i + piece))))
  return pieces.join('')
}

/** Counts the letters that so many bytes are written with. */
export const lettersFor = (bytes: number): number => 4 * Math.ceil(bytes / 3)

/** Reads so many bytes; undefined where the text has fewer or more, or is none of these. */
export const fromBase64 = (text: string, bytes: number): Uint8Array | undefined => {
  if (text.length !== lettersFor(bytes)) return undefined
  try {
    const binary = decode(text)
    if (binary.length !== bytes) return undefined
    const read = new Uint8Array(bytes)
    for (let i = 0; i < bytes; i++) read[i] = binary.charCodeAt(i)
    return read
  } catch {
    return undefined
  }
}
