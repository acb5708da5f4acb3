import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import type { NodeModules } from '../../io/nodeModules.ts'
import { nodeModules } from '../../io/nodeModules.ts'
import { workerCode } from './workerCode.ts'

/** The pictures of a Parquet file as they lie in it, and their labels. */
export interface ParquetPictures {
  /** The bytes of all pictures, one behind the other. */
  readonly pictures: Uint8Array
  /** Where each picture ends. */
  readonly ends: Float64Array
  readonly labels: Int32Array | undefined
  /** The names of the classes, where the file has them. */
  readonly classes: readonly string[] | undefined
}

/** Megabytes of objects that the worker may have: a row takes some 300 bytes, and has 60 or more in its file. */
const heapMegabytes = (size: number): number => Math.min(1024, 96 + size / 1e5)

/** Seconds that a file may take: what is read at less than 2 MB a second is one that its decoder does not come to an end of. */
const patience = (size: number): number => Math.ceil(5 + size / 2e6)

const issueOf = (
  file: string,
  _tag: FileIssue['_tag'],
  expected: string,
  actual: string,
  hint?: string
): FileIssue => ({
  _tag,
  file,
  expected,
  actual,
  ...(hint === undefined ? {} : { hint })
})

/** Finds the packages that read Parquet, where they are installed; the one for rarer compressions need not be. */
const locate = (file: string, { module, url }: NodeModules): E.Either<FileIssue, Readonly<Record<string, string>>> => {
  const { resolve } = module.createRequire(import.meta.url)
  const at = (name: string): E.Either<FileIssue, string> =>
    E.tryCatch(
      () => url.pathToFileURL(resolve(name)).href,
      () =>
        issueOf(
          file,
          'NotSupported',
          `the package ${name}, which reads Parquet`,
          'none',
          'npm install hyparquet hyparquet-compressors'
        )
    )
  return pipe(
    at('hyparquet'),
    E.map((hyparquet) => {
      const compressors = at('hyparquet-compressors')
      return { hyparquet, ...(E.isRight(compressors) ? { compressors: compressors.right } : {}) }
    })
  )
}

interface WorkerData {
  /** The path from the root. */
  readonly file: string
  readonly size: number
  readonly limit: number
  /** Where the packages are that read it. */
  readonly modules: Readonly<Record<string, string>>
  readonly seconds: number
}

type Answer = ParquetPictures | { readonly issue: Omit<FileIssue, 'file'> }

/** Waits for a worker's answer: what it says, that it died, or that it does not come to an end. */
const answerOf = (
  file: string,
  { workers }: NodeModules,
  workerData: WorkerData
): Promise<E.Either<FileIssue, ParquetPictures>> =>
  new Promise((resolve) => {
    const worker = new workers.Worker(workerCode, {
      eval: true,
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes(workerData.size) }
    })
    const end = (answer: E.Either<FileIssue, ParquetPictures>): void => {
      clearTimeout(timer)
      void worker.terminate()
      resolve(answer)
    }
    const timer = setTimeout(() => {
      end(
        E.left(issueOf(file, 'BadValue', 'a Parquet file', `one that is not read in ${String(workerData.seconds)} s`))
      )
    }, 1000 * workerData.seconds)
    worker.once('message', (answer: Answer) => {
      end('issue' in answer ? E.left({ ...answer.issue, file }) : E.right(answer))
    })
    worker.once('error', (cause: Error) => {
      end(E.left(issueOf(file, 'BadValue', 'a Parquet file', cause.message)))
    })
    worker.once('exit', () => {
      end(E.left(issueOf(file, 'BadValue', 'a Parquet file', 'one that its reader died of')))
    })
  })

/**
 * Reads the pictures of a Parquet file as Hugging Face publishes them: a column of structs { bytes, path }, or of bytes,
 * and one of labels. It is done in a worker of bounded memory and time; what is found is held in memory, encoded as it is.
 */
export const readParquet = (file: string, size: number, limit: number): TE.TaskEither<FileIssue, ParquetPictures> =>
  pipe(
    TE.fromEither(nodeModules(file)),
    TE.flatMap((node) =>
      pipe(
        TE.fromEither(locate(file, node)),
        TE.flatMap((modules) => {
          const path = node.path.resolve(file)
          const seconds = patience(size)
          return TE.flatten(
            TE.tryCatch(
              async () => TE.fromEither(await answerOf(file, node, { file: path, size, limit, modules, seconds })),
              (cause) =>
                issueOf(
                  file,
                  'Unreadable',
                  'a worker that reads it',
                  cause instanceof Error ? cause.message : String(cause)
                )
            )
          )
        })
      )
    )
  )
