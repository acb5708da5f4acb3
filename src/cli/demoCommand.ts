import * as E from '#fp-ts/Either'
import { parseDemo } from './options.ts'
import { trainDemo } from './trainDemo.ts'

/** Runs `work` with a signal that ctrl-C sets; a second ctrl-C ends the process at once. */
const interruptible = async <A>(work: (signal: { readonly aborted: boolean }) => Promise<A>): Promise<A> => {
  const signal = { aborted: false }
  const onInterrupt = (): void => {
    if (signal.aborted) process.exit(130)
    signal.aborted = true
    process.stderr.write('\nstopping after this step; ctrl-C again to quit at once\n')
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onInterrupt)
  try {
    return await work(signal)
  } finally {
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onInterrupt)
  }
}

const percent = (x: number | null): string => (x === null ? '' : `${(100 * x).toFixed(1)} % high quality`)

/** Runs `demo` with these arguments and returns the exit status. */
export const demo = async (args: readonly string[]): Promise<number> => {
  const options = parseDemo(args)
  if (E.isLeft(options)) {
    process[options.left.status === 0 ? 'stdout' : 'stderr'].write(`${options.left.message}\n`)
    return options.left.status
  }
  const result = await interruptible((signal) => trainDemo(options.right, signal)())
  if (E.isLeft(result)) {
    process.stderr.write(`${result.left}\n`)
    return 1
  }
  const { modes, highQuality, reverseKL, stepsPerSecond, engine, steps, stopped } = result.right
  const found =
    modes === null
      ? ''
      : `${String(modes)} modes, ${percent(highQuality)}, reverse KL ${reverseKL === null ? 'undefined' : reverseKL.toFixed(4)}; `
  process.stdout.write(
    `${found}${String(steps)} steps at ${String(stepsPerSecond)} a second on ${engine}${stopped === 'done' ? '' : ` (${stopped})`}\n` +
      `${options.right.out}/samples.png, report.html, metrics.json\n`
  )
  return stopped === 'failed' ? 1 : 0
}
