/** Files of Node as values: every failure is a FileIssue, nothing throws or rejects. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue, FileIssueTag } from './fileIssue.ts'
import type { NodeModules } from './nodeModules.ts'
import { nodeModules } from './nodeModules.ts'

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')

/** Does something with files; what it throws becomes an issue. */
export const attempt = <A>(
  file: string,
  tag: FileIssueTag,
  expected: string,
  run: (node: NodeModules) => Promise<A>
): TE.TaskEither<FileIssue, A> =>
  pipe(
    TE.fromEither(nodeModules(file)),
    TE.flatMap((node) =>
      TE.tryCatch(
        () => run(node),
        (cause) => ({ _tag: isMissing(cause) ? 'Missing' : tag, file, expected, actual: messageOf(cause) }) as const
      )
    )
  )

/** Bounds what reading a file may cost. */
export interface ReadOptions {
  /** The most bytes to read; a larger file is refused before anything is allocated. 2^31 - 1 by default. */
  readonly limit?: number
}

/**
 * Reads of a file whose size is known. Only regular files are read, so a pipe or a device cannot hang it; the result may
 * be a refusal.
 */
const attemptRead = <A>(
  file: string,
  run: (node: NodeModules, size: number) => Promise<E.Either<FileIssue, A>>
): TE.TaskEither<FileIssue, A> =>
  pipe(
    attempt(file, 'Unreadable', 'a readable file', async (node): Promise<E.Either<FileIssue, A>> => {
      const found = await node.fs.stat(file)
      return found.isFile()
        ? run(node, found.size)
        : E.left({ _tag: 'Unreadable', file, expected: 'a regular file', actual: 'something else at that path' })
    }),
    TE.flatMapEither((read) => read)
  )

/** Reads the bytes of a file of at most `limit` bytes. */
export const readBytes = (
  file: string,
  { limit = 2 ** 31 - 1 }: ReadOptions = {}
): TE.TaskEither<FileIssue, Uint8Array> =>
  attemptRead(file, async ({ fs }, size) => {
    if (size > limit)
      return E.left({
        _tag: 'TooLarge',
        file,
        expected: `at most ${String(limit)} bytes`,
        actual: `${String(size)} bytes`
      })
    const { buffer, byteOffset, length } = await fs.readFile(file)
    return E.right(new Uint8Array(buffer, byteOffset, length))
  })

/** Reads the first bytes of a file, at most `count`, and how many it has in all. */
export const readHead = (
  file: string,
  count: number
): TE.TaskEither<FileIssue, { readonly head: Uint8Array; readonly size: number }> =>
  attemptRead(file, async ({ fs }, size) => {
    const handle = await fs.open(file, 'r')
    try {
      const head = new Uint8Array(Math.min(count, size))
      const { bytesRead } = await handle.read(head, 0, head.length, 0)
      return E.right({ head: head.subarray(0, bytesRead), size })
    } finally {
      await handle.close()
    }
  })

/** Reads pieces of equal size at these offsets of a file, one behind the other. */
export type Pieces = (offsets: readonly number[], size: number) => TE.TaskEither<FileIssue, Uint8Array>

/**
 * Reads pieces from a file, which is opened for it and closed again: nothing is held between two calls, and one that has
 * become shorter is Truncated.
 */
export const piecesInFile =
  (file: string): Pieces =>
  (offsets, size) =>
    attemptRead(file, async ({ fs }) => {
      const handle = await fs.open(file, 'r')
      try {
        const pieces = new Uint8Array(offsets.length * size)
        const counts = await Promise.all(
          offsets.map(async (offset, i) => (await handle.read(pieces, i * size, size, offset)).bytesRead)
        )
        const short = counts.findIndex((count) => count < size)
        return short < 0
          ? E.right(pieces)
          : E.left<FileIssue>({
              _tag: 'Truncated',
              file,
              offset: offsets[short]! + counts[short]!,
              expected: `${String(size)} bytes from byte ${String(offsets[short])} on`,
              actual: String(counts[short]),
              hint: 'The file has become shorter since it was opened'
            })
      } finally {
        await handle.close()
      }
    })

/** Reads pieces of a file's bytes. */
export const piecesInMemory =
  (bytes: Uint8Array): Pieces =>
  (offsets, size) => {
    const pieces = new Uint8Array(offsets.length * size)
    offsets.forEach((offset, i) => pieces.set(bytes.subarray(offset, offset + size), i * size))
    return TE.right(pieces)
  }

/** The size up to which a file is held in memory. */
const heldBytes = 2 ** 26

/** Opens a file of that size to read pieces of it: one of up to 64 MiB, and up to `limit`, is read whole at once. */
export const openPieces = (file: string, size: number, limit: number): TE.TaskEither<FileIssue, Pieces> =>
  size <= Math.min(limit, heldBytes)
    ? pipe(readBytes(file, { limit: size }), TE.map(piecesInMemory))
    : TE.right(piecesInFile(file))

/** Reads the text of a UTF-8 file. */
export const readText = (file: string, options?: ReadOptions): TE.TaskEither<FileIssue, string> =>
  pipe(
    readBytes(file, options),
    TE.map((bytes) => new TextDecoder().decode(bytes))
  )

/**
 * Lists the paths of the files in a directory, sorted, and of those in its folders whose names `enters` accepts, as
 * `folder/file`, `depth` levels deep. Links count as what they lead to.
 */
export const listFiles = (
  directory: string,
  enters: (name: string) => boolean,
  depth = 1
): TE.TaskEither<FileIssue, readonly string[]> =>
  attempt(directory, 'Unreadable', 'a readable directory', async ({ fs }) => {
    const filesIn = async (folder: string, below: number): Promise<readonly string[]> => {
      const entries = await fs.readdir(`${directory}/${folder}`, { withFileTypes: true })
      const found = entries.map(async (entry): Promise<readonly string[]> => {
        const path = `${folder}${entry.name}`
        const kind = entry.isSymbolicLink() ? await fs.stat(`${directory}/${path}`).catch(() => entry) : entry
        if (kind.isFile()) return [path]
        return below > 0 && kind.isDirectory() && enters(entry.name) ? filesIn(`${path}/`, below - 1) : []
      })
      return (await Promise.all(found)).flat()
    }
    return (await filesIn('', depth)).toSorted()
  })

/** Makes a directory, with its parents, where it is missing. */
export const makeDirectory = (directory: string): TE.TaskEither<FileIssue, void> =>
  attempt(directory, 'Unwritable', 'a directory that can be made', async ({ fs }) => {
    await fs.mkdir(directory, { recursive: true })
  })

/** Removes a file; one that is not there is removed already. */
export const removeFile = (file: string): TE.TaskEither<FileIssue, void> =>
  attempt(file, 'Unwritable', 'a file that can be removed', ({ fs }) => fs.rm(file, { force: true }))

/** Makes a rename in a directory survive a power cut; not every system lets a directory be opened for it. */
const syncDirectory = async ({ fs }: NodeModules, directory: string): Promise<void> => {
  const handle = await fs.open(directory, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, fsynced, then renamed over it. Whatever happens,
 * a reader finds the former file or the new one, never a part, and a failed write leaves no temporary file behind.
 */
export const writeAtomically = (file: string, content: Uint8Array | string): TE.TaskEither<FileIssue, void> =>
  attempt(file, 'Unwritable', 'a file that can be written', async (node) => {
    const { fs, path } = node
    const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${globalThis.crypto.randomUUID()}.tmp`)
    const write = async (): Promise<void> => {
      const handle = await fs.open(temporary, 'wx')
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await fs.rename(temporary, file)
    }
    // After the rename there is nothing left to remove.
    await write().finally(() => fs.rm(temporary, { force: true }))
    await syncDirectory(node, path.dirname(file))
  })

/** Writes a text by `writeAtomically`, unless the file holds it already. */
export const writeIfChanged = (file: string, content: string): TE.TaskEither<FileIssue, void> =>
  pipe(
    readText(file),
    TE.orElse(() => TE.right<FileIssue, string | undefined>(undefined)),
    TE.chain((found) => (found === content ? TE.right(undefined) : writeAtomically(file, content)))
  )

/** Adds text at the end of a file, made where it is missing, and waits until it is on the disk. */
export const appendDurably = (file: string, text: string): TE.TaskEither<FileIssue, void> =>
  attempt(file, 'Unwritable', 'a file that can be added to', async ({ fs }) => {
    const handle = await fs.open(file, 'a')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })

/** Removes a directory and all that is in it. */
export const removeDirectory = (directory: string): TE.TaskEither<FileIssue, void> =>
  attempt(directory, 'Unwritable', 'a directory that can be removed', ({ fs }) =>
    fs.rm(directory, { recursive: true, force: true })
  )
