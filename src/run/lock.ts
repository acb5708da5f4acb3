/** Locks of folders: one process at a time works in one. A lock outlives a process that is killed, and is seen to. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import type { NodeModules } from '../io/nodeModules.ts'
import { nodeModules } from '../io/nodeModules.ts'
import { isRecord } from '../tensor/tree.ts'

/** Says who holds a lock. */
interface Holder {
  readonly token: string
  readonly host: string
  readonly pid: number
  /** What tells this process from another one of its number: the boot of the machine and the time of its start; or ''. */
  readonly life: string
}

export interface Lock {
  /** Tells whether this process still has the lock, which one on another machine may have taken from it. */
  readonly isHeld: () => Promise<boolean>
  /** Gives it back; a second time does nothing. */
  readonly release: () => Promise<void>
}

/** A holder on another machine that has not been heard of for so many milliseconds is taken for dead. */
const patience = 120_000
const heartbeat = 10_000

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

/** Reads what tells a process from a later one of its number, where the system says it. */
const lifeOf = async ({ fs }: NodeModules, pid: number): Promise<string> => {
  try {
    const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const stat = await fs.readFile(`/proc/${String(pid)}/stat`, 'utf8')
    // The name of the process, in parentheses, may hold spaces; the 20th field after it is when it started.
    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  } catch {
    return ''
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // A process of another user is alive, too.
    return codeOf(cause) === 'EPERM'
  }
}

const holderIn = (text: string): Holder | undefined => {
  try {
    const read: unknown = JSON.parse(text)
    return isRecord(read) &&
      [read['token'], read['host'], read['life']].every((x) => typeof x === 'string') &&
      Number.isSafeInteger(read['pid']) &&
      (read['pid'] as number) > 0
      ? (read as unknown as Holder)
      : undefined
  } catch {
    return undefined
  }
}

const read = async ({ fs }: NodeModules, file: string): Promise<string | undefined> =>
  fs.readFile(file, 'utf8').catch(() => undefined)

/** Tells whether whoever wrote a lock may still be at work. What is no lock is nobody's. */
const isHolding = async (node: NodeModules, file: string, holder: Holder, host: string): Promise<boolean> => {
  if (holder.host === host)
    return isAlive(holder.pid) && (holder.life === '' || (await lifeOf(node, holder.pid)) === holder.life)
  const age = await node.fs
    .stat(file)
    .then(({ mtimeMs }) => Date.now() - mtimeMs)
    .catch(() => Infinity)
  return age < patience
}

const showHolder = ({ pid, host }: Holder): string => `process ${String(pid)} on ${host}`

/** Takes away a lock that was seen to be stale, unless it is another one by now. */
const removeStale = async ({ fs }: NodeModules, file: string, text: string, aside: string): Promise<void> => {
  try {
    await fs.rename(file, aside)
  } catch {
    return
  }
  // Between the look and the rename another process may have taken it over: then it gets its lock back.
  if ((await fs.readFile(aside, 'utf8')) !== text) await fs.link(aside, file).catch(() => undefined)
  await fs.rm(aside, { force: true })
}

const busy = (file: string, actual: string): E.Either<FileIssue, never> =>
  E.left({
    _tag: 'Busy',
    file,
    expected: 'a folder in which no other process works',
    actual,
    hint: 'Wait for it, end it, or choose another folder'
  })

/** Puts a file at a place where there is none, whole; some file systems have no links and take a copy. */
const placed = async ({ fs }: NodeModules, from: string, to: string): Promise<boolean> => {
  const link = fs.link(from, to)
  const copied = link.catch(async (cause: unknown) => {
    if (codeOf(cause) !== 'EEXIST') await fs.copyFile(from, to, 1)
    else await link
  })
  return copied.then(
    () => true,
    // The place is taken; or whoever has it has tidied up what was to be put there.
    (cause: unknown) => (codeOf(cause) === 'EEXIST' || codeOf(cause) === 'ENOENT' ? false : copied.then(() => false))
  )
}

const acquired = async (node: NodeModules, file: string): Promise<E.Either<FileIssue, Lock>> => {
  const { fs, path, os } = node
  const host = os.hostname()
  const token = globalThis.crypto.randomUUID()
  const own: Holder = { token, host, pid: process.pid, life: await lifeOf(node, process.pid) }
  const mine = path.join(path.dirname(file), `.${path.basename(file)}.${token}.tmp`)
  try {
    for (let tries = 0; tries < 10; tries++) {
      const text = await read(node, file)
      const holder = text === undefined ? undefined : holderIn(text)
      if (holder !== undefined && (await isHolding(node, file, holder, host))) return busy(file, showHolder(holder))
      if (text !== undefined) await removeStale(node, file, text, `${mine}.stale.tmp`)
      await fs.writeFile(mine, JSON.stringify(own))
      if (await placed(node, mine, file)) return E.right(lockOf(node, file, token))
    }
    return busy(file, 'several that take it from one another')
  } finally {
    await fs.rm(mine, { force: true })
  }
}

const lockOf = (node: NodeModules, file: string, token: string): Lock => {
  const { fs } = node
  const isHeld = async (): Promise<boolean> => holderIn((await read(node, file)) ?? '')?.token === token
  const beat = setInterval(() => {
    const now = new Date()
    void fs.utimes(file, now, now).catch(() => undefined)
  }, heartbeat)
  beat.unref()
  return {
    isHeld,
    release: async () => {
      clearInterval(beat)
      if (await isHeld()) await fs.rm(file, { force: true }).catch(() => undefined)
    }
  }
}

/**
 * Takes the lock of a folder, the file of that name. Left, `Busy`, where another process has it: one on this machine as
 * long as it runs, one on another as long as it is heard of.
 */
export const acquire = (file: string): TE.TaskEither<FileIssue, Lock> =>
  pipe(
    TE.fromEither(nodeModules(file)),
    TE.chain((node) =>
      TE.tryCatch(
        () => acquired(node, file),
        (cause): FileIssue => ({
          _tag: 'Unwritable',
          file,
          expected: 'a lock that can be written',
          actual: cause instanceof Error ? cause.message : String(cause)
        })
      )
    ),
    TE.flatMapEither((lock) => lock)
  )
