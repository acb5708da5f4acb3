import { describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/engines/select.ts'
import type { Optimizer } from '../../src/optim/opt.ts'
import * as Opt from '../../src/optim/opt.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import {
  fieldsAt,
  listAt,
  mismatch,
  numberAt,
  readReference,
  referenceEngine,
  referenceFolder,
  referenceTolerance,
  tensorAt,
  unreadable
} from '../support/reference.ts'

interface OptimizerCase {
  readonly name: string
  readonly optimizer: Optimizer
  readonly initial: Tensor
  readonly gradients: readonly Tensor[]
  readonly parameters: readonly Tensor[]
}

const optimizers: Readonly<Record<string, (options: any) => Optimizer>> = {
  sgd: Opt.sgd,
  momentum: Opt.momentum,
  nesterov: Opt.nesterov,
  adam: Opt.adam,
  adamw: Opt.adamW,
  rmsprop: Opt.rmsprop
}

const readCase = (where: string, x: unknown): OptimizerCase => {
  const fields = fieldsAt(where, x)
  const title = typeof fields['name'] === 'string' ? fields['name'] : unreadable(where, 'no name')
  const attributes = fieldsAt(`${where}.attrs`, fields['attrs'])
  const name = `${where} (${title} ${JSON.stringify(attributes)})`
  const make = Object.hasOwn(optimizers, title) ? optimizers[title]! : unreadable(name, 'the optimizer is unknown')
  for (const [key, value] of Object.entries(attributes)) numberAt(`${name}.attrs.${key}`, value)
  const optimizer = make(attributes)
  for (const { actual, hint } of optimizer.problems) unreadable(name, `${actual}: ${hint}`)
  const initial = tensorAt(`${name}.initial`, fields['initial'])
  const listOf = (field: string): readonly Tensor[] =>
    listAt(`${name}.${field}`, fields[field]).map((item, i) => tensorAt(`${name}.${field}[${i}]`, item, initial.shape))
  const [gradients, parameters] = [listOf('gradients'), listOf('parameters')]
  if (gradients.length === 0 || gradients.length !== parameters.length)
    unreadable(name, `${gradients.length} gradients for ${parameters.length} results`)
  return { name, optimizer, initial, gradients, parameters }
}

const readCases = (file: string, contents: unknown): readonly OptimizerCase[] => {
  const list = listAt(`${file}.optimizers`, fieldsAt(file, contents)['optimizers'])
  if (list.length === 0) unreadable(file, 'there are no optimizers')
  return list.map((item, i) => readCase(`${file}.optimizers[${i}]`, item))
}

/** The parameters after each gradient, as one function. */
const course =
  ({ init, update }: Optimizer) =>
  (initial: Tensor, gradients: readonly Tensor[]): readonly Tensor[] => {
    let [params, state] = [initial, init(initial)]
    return gradients.map((gradient) => {
      const [updates, after] = update(gradient, state, params)
      state = after
      params = Opt.applyUpdates(params, updates)
      return params
    })
  }

const problemsOf = ({ parameters }: OptimizerCase, actual: readonly Tensor[], allowed: number): readonly string[] =>
  parameters.flatMap((expected, i) => mismatch(`step ${i + 1}`, actual[i]!, expected, allowed))

const contents = readReference('optim.json')
const cases = readCases('optim.json', contents)

describe(`the optimizers against ${referenceFolder} on ${referenceEngine}`, () => {
  for (const one of cases) {
    const all = course(one.optimizer)
    it(one.name, async () => {
      if (referenceEngine === 'reference')
        for (const precision of ['float64', 'float32'] as const)
          expect(problemsOf(one, evaluate(all, { precision })(one.initial, one.gradients), referenceTolerance[precision])).toEqual([]) // prettier-ignore
      else {
        const compiled = compile(all, { engine: referenceEngine as EngineName })
        expect(problemsOf(one, await compiled(one.initial, one.gradients), referenceTolerance.float32)).toEqual([])
        compiled.dispose()
      }
    })
  }
})

describe('the check itself', () => {
  type Json = Record<string, any>
  const changed = (change: (one: Json) => void): unknown => {
    const copy = structuredClone(contents) as Json
    change(copy['optimizers'][0])
    return copy
  }
  const problems = (file: unknown): readonly string[] =>
    readCases('changed', file).flatMap((one) =>
      problemsOf(one, evaluate(course(one.optimizer), { precision: 'float64' })(one.initial, one.gradients), 1e-9)
    )

  it('sees one number changed', () => {
    expect(problems(changed((one) => one['parameters'][3].data.splice(0, 1, 0.123)))).toHaveLength(1)
    expect(problems(changed((one) => (one['attrs'].learningRate *= 1.0001)))).toHaveLength(5)
  })

  it.each<[string, (one: Json) => void, RegExp]>([
    ['an unknown optimizer', (one) => (one['name'] = 'lion'), /lion.*unknown/],
    ['an unknown attribute', (one) => (one['attrs'].rate = 1), /rate: Leave rate out|rate: Did you mean/],
    ['a missing attribute', (one) => delete one['attrs'].learningRate, /undefined: Change learningRate/],
    ['a missing gradient', (one) => one['gradients'].pop(), /4 gradients for 5 results/],
    ['a shape that differs', (one) => (one['gradients'][0] = { shape: [1], data: [1] }), /shape \[1\], not \[7\]/],
    ['a NaN', (one) => (one['initial'].data[0] = 'NaN'), /no finite number/]
  ])('refuses %s', (_, change, message) => expect(() => readCases('changed', changed(change))).toThrow(message))
})
