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

const attempt = <A>(
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
 * Reads the bytes of a file of at most `limit` bytes. Only regular files are read, so a pipe or a device cannot hang
 * it.
 */
export const readBytes = (
  file: string,
  { limit = 2 ** 31 - 1 }: ReadOptions = {}
): TE.TaskEither<FileIssue, Uint8Array> =>
  pipe(
    attempt(file, 'Unreadable', 'a readable file', async ({ fs }): Promise<E.Either<FileIssue, Uint8Array>> => {
      const found = await fs.stat(file)
      if (!found.isFile())
        return E.left({ _tag: 'Unreadable', file, expected: 'a regular file', actual: 'something else at that path' })
      if (found.size > limit)
        return E.left({
          _tag: 'TooLarge',
          file,
          expected: `at most ${String(limit)} bytes`,
          actual: `${String(found.size)} bytes`
        })
      return E.right(new Uint8Array(await fs.readFile(file)))
    }),
    TE.flatMapEither((read) => read)
  )

/** Reads the text of a UTF-8 file. */
export const readText = (file: string, options?: ReadOptions): TE.TaskEither<FileIssue, string> =>
  pipe(
    readBytes(file, options),
    TE.map((bytes) => new TextDecoder().decode(bytes))
  )

/** Lists the names in a directory, sorted. */
export const listDirectory = (directory: string): TE.TaskEither<FileIssue, readonly string[]> =>
  attempt(directory, 'Unreadable', 'a readable directory', async ({ fs }) => (await fs.readdir(directory)).sort())

/** Makes a directory, with its parents, where it is missing. */
export const makeDirectory = (directory: string): TE.TaskEither<FileIssue, void> =>
  attempt(directory, 'Unwritable', 'a directory that can be made', async ({ fs }) => {
    await fs.mkdir(directory, { recursive: true })
  })

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
