import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { heldBy } from '../../gan/step/generator.ts'
import { writeAtomically } from '../../io/files.ts'
import { generator } from '../../io/onnx/generator.ts'
import { networkToSafetensors } from '../../io/networkSafetensors.ts'
import type { Cli, Work } from '../cli.ts'
import { attempt, cannot, misused, ofFile, ofIssues, say, wholeNumber } from '../cli.ts'
import type { OpenRun } from '../runFolder.ts'
import { openRun } from '../runFolder.ts'

interface Words {
  readonly out: string
  readonly count: string
  readonly json?: boolean
}

/** Makes the bytes of a generator in the format of a file's name. */
const bytesOf = ({ spec, state }: OpenRun, out: string, count: number): Work<Uint8Array> => {
  if (out.endsWith('.onnx')) return TE.fromEither(E.mapLeft(ofIssues)(generator(spec, state, { count })))
  const net = spec.networks['generator']
  return net === undefined
    ? TE.left(cannot('this spec has no generator.'))
    : attempt(() => networkToSafetensors(heldBy('export', net, state, undefined)))
}

const formats = ['.onnx', '.safetensors']

const exported = (folder: string, { out, count, json }: Words, cli: Cli): Work =>
  pipe(
    formats.some((ending) => out.endsWith(ending))
      ? TE.fromEither(wholeNumber('--count', count, 1))
      : TE.left(misused(`--out '${out}': give a name that ends in ${formats.join(' or ')}.`)),
    TE.bindTo('samples'),
    TE.bind('run', () => openRun(folder)),
    TE.chain(({ run, samples }) => bytesOf(run, out, samples)),
    TE.chainFirst((bytes) => TE.mapLeft(ofFile)(writeAtomically(out, bytes))),
    TE.map((bytes) => say(cli, json, { file: out, bytes: bytes.length }, `${out}: ${String(bytes.length)} bytes`))
  )

export const exportGenerator = (program: Command, cli: Cli): void => {
  program
    .command('export')
    .summary('write the generator of a run for others')
    .description(
      'Writes the generator of a run, its average where there is one, as safetensors by the names of its parameters, or as an ONNX model.'
    )
    .argument('<run>', 'the folder of a run')
    .option('--out <file>', 'a .safetensors or .onnx file', 'generator.safetensors')
    .option('--count <n>', 'how many samples an ONNX model makes at a time', '1')
    .option('--json', 'writes JSON')
    .action((folder: string, words: Words) => cli.finish(exported(folder, words, cli)))
}
