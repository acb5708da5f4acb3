/** The command line in this process: what it prints, and its status. */
import { saddlepoint } from '../../src/cli/program.ts'

export interface Ended {
  readonly status: number
  readonly out: string
  readonly err: string
}

export const run = async (...args: readonly string[]): Promise<Ended> => {
  const text = { out: '', err: '' }
  const into = (name: 'out' | 'err'): any => ({
    write: (line: string) => {
      text[name] += line
      return true
    }
  })
  const status = await saddlepoint(args, { out: into('out'), err: into('err') })
  return { status, ...text }
}

/** What a command prints that does what it is told; else the test fails with what it says. */
export const done = async (...args: readonly string[]): Promise<string> => {
  const { status, out, err } = await run(...args)
  if (status !== 0) throw new Error(`saddlepoint ${args.join(' ')} ended with ${String(status)}\n${err}`)
  return out
}
