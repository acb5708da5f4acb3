import type { Game } from '../worker/messages.ts'

/** What a link holds: a game as data, or code that is shown and runs only when the reader says so. */
export interface Linked {
  readonly game: Game
  readonly code?: string
}

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))

const through = async (
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream
): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())

/** Writes a game into the part of an address after '#'. Images read from a file stay with the reader. */
export const writeLink = async (linked: Linked): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(linked))
  return toBase64(await through(bytes, new CompressionStream('deflate-raw')))
}

const mostBytes = 4_000_000

/** Reads it again; undefined for what is no link of ours. */
export const readLink = async (hash: string): Promise<Linked | undefined> => {
  if (hash === '' || hash.length > mostBytes) return undefined
  try {
    const bytes = await through(fromBase64(hash), new DecompressionStream('deflate-raw'))
    const linked = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Linked>
    const { game, code } = linked
    const isSound =
      typeof game === 'object' &&
      typeof game.spec === 'object' &&
      typeof game.data === 'object' &&
      Number.isSafeInteger(game.seed) &&
      Number.isSafeInteger(game.batchSize)
    return isSound ? { game, ...(typeof code === 'string' ? { code } : {}) } : undefined
  } catch {
    return undefined
  }
}
