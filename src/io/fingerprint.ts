import type * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from './fileIssue.ts'
import { attempt } from './files.ts'
import type { NodeModules } from './nodeModules.ts'

/** At most so many bytes are read at each end of a file. */
const atEachEnd = 2 ** 22
/** Limits how many files are read: of more, some are, evenly spread, and of the others the size counts. */
const mostRead = 256
/** Files are asked for so many at a time. */
const together = 64

/** Reads what a file holds at both ends: all of it where it is short. */
const endsOf = async ({ fs }: NodeModules, file: string, size: number, each: number): Promise<Uint8Array> => {
  const handle = await fs.open(file, 'r')
  try {
    const ends = new Uint8Array(Math.min(size, 2 * each))
    const first = Math.ceil(ends.length / 2)
    await handle.read(ends, 0, first, 0)
    await handle.read(ends, first, ends.length - first, size - (ends.length - first))
    return ends
  } finally {
    await handle.close()
  }
}

/** Computes SHA-256, in hexadecimal digits. */
const hash = async (bytes: Uint8Array): Promise<string> =>
  Array.from(
    new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)),
    (byte) => byte.toString(16).padStart(2, '0')
  ).join('')

/**
 * Tells files below a folder from others: a hash of their names, their sizes, and of what they hold at both ends, 4 MiB each of a
 * single file. Of more than 256 files all sizes count, and the content of 256 of them. Where and when they were written does not
 * count, so that a copy is equal. A change inside a larger file that leaves its size is not seen.
 */
export const fingerprint = (folder: string, files: readonly string[]): TE.TaskEither<FileIssue, string> =>
  attempt(folder, 'Unreadable', 'files that can be read', async (node) => {
    const chosen = Math.ceil(files.length / mostRead)
    const each = Math.ceil(atEachEnd / Math.min(mostRead, Math.max(1, files.length)))
    const lineOf = async (name: string, i: number): Promise<string> => {
      const file = `${folder}/${name}`
      const { size } = await node.fs.stat(file)
      return `${name} ${String(size)} ${i % chosen === 0 ? await hash(await endsOf(node, file, size, each)) : ''}`
    }
    const lines: string[] = []
    for (let i = 0; i < files.length; i += together)
      lines.push(...(await Promise.all(files.slice(i, i + together).map((name, j) => lineOf(name, i + j)))))
    return hash(new TextEncoder().encode(lines.join('\n')))
  })
