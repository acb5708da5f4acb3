import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issue, Issues } from '../../gan/check/issue.ts'
import { issue, readIssues } from '../../gan/check/issue.ts'
import { holds, showGiven } from '../../gan/step/given.ts'
import { constant } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'
import { isProgram } from '../../program/requireProgram.ts'
import type { None } from '../../tensor/arguments.ts'
import { elementBytes } from '../../tensor/dtype.ts'
import type { Rule } from '../../tensor/options.ts'
import { optional, readOptions, text } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import { emitterOf } from './emitter.ts'
import { graphProto, modelProto } from './model.ts'
import { joined } from './protobuf.ts'
import { refusalsOf, writeNodes } from './writeProgram.ts'

export interface OnnxOptions {
  /** Names of the program's inputs, one each; `input_0`, `input_1` and so on by default. */
  readonly inputs?: readonly string[]
  /** Names of its outputs, one each; `output_0` and so on by default. */
  readonly outputs?: readonly string[]
  /** Numbers of inputs, by name: they are part of the file (initializers), and no longer asked for. */
  readonly values?: Readonly<Record<string, Tensor>>
  /** How the graph is called. */
  readonly name?: string
  /** Texts to keep in the file. */
  readonly metadata?: Readonly<Record<string, string>>
}

const isText = (x: unknown): x is string => typeof x === 'string'
const names: Rule = {
  expected: 'a list of names that differ',
  accepts: (x) => Array.isArray(x) && x.every((name) => isText(name) && name !== '') && new Set(x).size === x.length
}
const rules = {
  inputs: optional(names),
  outputs: optional(names),
  values: { expected: 'tensors by the names of inputs', accepts: isRecord },
  name: text,
  metadata: { expected: 'texts by their names', accepts: (x: unknown) => isRecord(x) && Object.values(x).every(isText) }
}

/** The most bytes of a message of protocol buffers. */
const mostBytes = 2 ** 31 - 1

const invalid = (path: readonly string[], expected: string, actual: string, hint: string): Issue =>
  issue('InvalidValue', ['onnx', ...path], expected, actual, hint)

/** Finds what is wrong with names and numbers of inputs. */
const misfits = (
  { inputs }: Program,
  named: readonly string[],
  values: Readonly<Record<string, Tensor>>
): readonly Issue[] =>
  Object.entries(values).flatMap(([name, x]) => {
    const input = inputs[named.indexOf(name)]
    if (input === undefined)
      return [invalid(['values', name], `one of ${named.join(', ')}`, name, 'Name it among inputs, or leave it out')]
    return holds(x, input)
      ? []
      : [invalid(['values', name], showAval(input), showGiven(x), 'Give the tensor that the input stands for')]
  })

const countMisfit = (what: 'inputs' | 'outputs', program: Program, list: readonly string[]): readonly Issue[] =>
  list.length === program[what].length
    ? []
    : [
        invalid(
          [what],
          `${String(program[what].length)} names, one for each of the program's ${what}`,
          String(list.length),
          `Leave ${what} out for names by number`
        )
      ]

const refusals = (program: Program): readonly Issue[] =>
  refusalsOf(program).map(({ primitive, refused }) =>
    issue('Misfit', ['program', primitive], 'operations that ONNX has', `the primitive ${primitive}`, refused)
  )

const bytesOf = (nodes: readonly Node[], values: Iterable<Tensor>): number => {
  const constants = nodes.filter(({ primitive }) => primitive.name === constant.name)
  return [...constants, ...values].reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * elementBytes[dtype], 0)
}

/** Writes a program in which nothing is wrong. */
const written = (program: Program, options: Required<OnnxOptions>): E.Either<Issues, Uint8Array> => {
  const { inputs, outputs, values, name, metadata } = options
  const nodes = nodesOf(program.outputs)
  const size = bytesOf(nodes, Object.values(values))
  if (size > mostBytes)
    return E.left([
      invalid([], `at most ${String(mostBytes)} bytes of numbers`, String(size), 'Export a smaller network')
    ])
  const needed = new Set(nodes)
  const e = emitterOf([...inputs, ...outputs])
  const ports = program.inputs.map(({ shape, dtype }, i) => ({ name: inputs[i]!, shape, dtype }))
  const isValue = (port: string): boolean => Object.hasOwn(values, port)
  program.inputs.forEach((node, i) => {
    const { name: port, shape, dtype } = ports[i]!
    if (isValue(port) && needed.has(node)) e.constant(dtype, shape, values[port]!.data, port)
  })
  const results = writeNodes(e, program, ports).map((x, i) => ({ ...e.rename(x, outputs[i]!), dtype: x.dtype }))
  const asked = ports.filter((port) => !isValue(port.name))
  return E.right(joined(modelProto(graphProto({ name, inputs: asked, outputs: results, ...e.parts() }), metadata)))
}

/**
 * Writes a program as the bytes of an ONNX file, operators of version 17, which ONNX Runtime and many others run: every
 * input and output by its name, with the shape that the program has, batch axis included. Loops are ONNX's `Scan`.
 * Left: every primitive that ONNX does not have (random bits, decompositions of matrices), and why; or what is wrong
 * with the options. Never throws.
 *
 * @see https://onnx.ai/onnx/operators
 *
 * @example
 * import { E, Export, Program, matmul, ones, tanh } from 'saddlepoint'
 * const layer = Program.of((x, w) => tanh(matmul(x, w)), ones([4, 2]), ones([2, 3]))
 * const file = Export.onnx(layer, { inputs: ['x', 'weights'], outputs: ['y'], values: { weights: ones([2, 3]) } })
 * E.isRight(file) && file.right.length < 400 // => true
 */
export const onnx = (program: Program, options: OnnxOptions = {}, ...more: None): E.Either<Issues, Uint8Array> =>
  pipe(
    readIssues<OnnxOptions>('onnx', () =>
      readOptions<OnnxOptions>({ values: {}, name: 'program', metadata: {} }, options, rules, {}, more)
    ),
    E.chain((all) => {
      if (!isProgram(program))
        return E.left<Issues>([invalid(['program'], 'a program', showValue(program), 'Program.of(f, ...examples)')])
      const numbered = (what: 'inputs' | 'outputs'): readonly string[] =>
        all[what] ?? program[what].map((_, i) => `${what.slice(0, -1)}_${String(i)}`)
      const [inputs, outputs, values] = [numbered('inputs'), numbered('outputs'), all.values ?? {}]
      const twice = inputs.filter((name) => outputs.includes(name))
      const [first, ...others] = [
        ...countMisfit('inputs', program, inputs),
        ...countMisfit('outputs', program, outputs),
        ...twice.map((name) => invalid(['outputs'], 'names that no input has', name, 'Rename one of the two')),
        ...misfits(program, inputs, values),
        ...refusals(program)
      ]
      if (first !== undefined) return E.left<Issues>([first, ...others])
      return written(program, { name: 'program', metadata: {}, ...all, inputs, outputs, values })
    })
  )
