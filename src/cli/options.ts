import * as E from '#fp-ts/Either'
import { Command, CommanderError, Option } from 'commander'
import { gpuModes } from '../engines/gpu/modes.ts'

/** Holds what `saddlepoint demo` is told. */
export interface DemoOptions {
  readonly data:
    'ring' | 'grid' | 'swissroll' | 'dirac' | 'shapes' | { readonly directory: string; readonly set?: string }
  readonly net: 'mlp' | 'dcgan'
  readonly steps: number | undefined
  readonly seed: number
  readonly engine: string
  readonly out: string
}

/** Says why a command line cannot be carried out: what to print, and the exit status. */
export interface UsageProblem {
  readonly message: string
  readonly status: number
}

const misused = (message: string): E.Either<UsageProblem, never> => E.left({ message: `error: ${message}`, status: 2 })

const named = ['ring', 'grid', 'swissroll', 'dirac', 'shapes'] as const

const dataOf = (value: string, set: string | undefined): E.Either<UsageProblem, DemoOptions['data']> => {
  if (value.startsWith('idx:') && value.length > 4)
    return E.right({ directory: value.slice(4), ...(set === undefined ? {} : { set }) })
  if (set !== undefined) return misused(`--set '${set}': only a directory of IDX files, --data idx:DIR, has sets.`)
  const found = named.find((name) => name === value)
  return found === undefined
    ? misused(`--data '${value}': give one of ${named.join(', ')}, or idx:DIR for a directory of IDX files.`)
    : E.right(found)
}

const integerOf = (option: string, value: string, least: number): E.Either<UsageProblem, number> =>
  /^\d+$/.test(value) && Number(value) >= least && Number.isSafeInteger(Number(value))
    ? E.right(Number(value))
    : misused(`${option} '${value}': give a whole number of at least ${String(least)}.`)

/** Holds the command line as it stands, before its values are read. */
interface Words {
  readonly data: string
  readonly set?: string
  readonly net: 'mlp' | 'dcgan'
  readonly steps?: string
  readonly seed: string
  readonly engine: string
  readonly mode?: string
  readonly out: string
}

const demoCommand = (write: (text: string) => void): Command =>
  new Command('saddlepoint demo')
    .description('Train a GAN and see its samples: a PNG, a report.html and metrics.json in --out.')
    .option(
      '--data <what>',
      'ring | grid | swissroll | dirac | shapes (drawn images) | idx:DIR (a directory of IDX image files)',
      'ring'
    )
    .option('--set <name>', "which of several sets of the directory: EMNIST's letters, say")
    .addOption(new Option('--net <net>', 'networks for images').choices(['mlp', 'dcgan']).default('dcgan'))
    .option('--steps <n>', 'training steps (default: by data and engine)')
    .option('--seed <n>', 'seed of initialization and of all draws', '0')
    .option('--engine <name>', 'auto | wasm | reference | gpu (with --mode)', 'auto')
    .addOption(new Option('--mode <mode>', 'mode of --engine gpu').choices(gpuModes))
    .option('--out <dir>', 'where the results go', 'out/demo')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })

const wordsOf = (args: readonly string[]): E.Either<UsageProblem, Words> => {
  let text = ''
  const command = demoCommand((line) => {
    text += line
  })
  return E.tryCatch(
    () => command.parse(args, { from: 'user' }).opts<Words>(),
    // Commander ends by throwing, for --help as well.
    (cause) => ({
      message: text.trim() || String(cause),
      status: cause instanceof CommanderError && cause.exitCode === 0 ? 0 : 2
    })
  )
}

/** Reads the options of `demo`, or says what to print instead. `-h` is a problem of status 0. */
export const parseDemo = (args: readonly string[]): E.Either<UsageProblem, DemoOptions> => {
  const words = wordsOf(args)
  if (E.isLeft(words)) return words
  const { net, engine, mode, out } = words.right
  const data = dataOf(words.right.data, words.right.set)
  if (E.isLeft(data)) return data
  const seed = integerOf('--seed', words.right.seed, 0)
  if (E.isLeft(seed)) return seed
  const steps = words.right.steps === undefined ? E.right(undefined) : integerOf('--steps', words.right.steps, 1)
  if (E.isLeft(steps)) return steps
  return E.right({
    data: data.right,
    net,
    steps: steps.right,
    seed: seed.right,
    out,
    engine: engine === 'gpu' ? `gpu:${mode ?? 'webasm'}` : engine
  })
}
