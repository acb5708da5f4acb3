import { sum } from '../../src/ops/reduction.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { grad } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { fieldsAt, listAt, mismatch, tensorAt, tensorsAt, unreadable } from './reference.ts'
import { attributesOf } from './referenceAttributes.ts'
import type { OpOfInputs } from './referenceOps.ts'
import { referenceOps } from './referenceOps.ts'

/** An op with its derivatives up to the second: what a case expects, and what is computed for it. */
export interface Derivatives {
  readonly output: Tensor
  readonly jvp: Tensor
  readonly vjp: readonly Tensor[]
  readonly hvp: readonly Tensor[]
}

export interface ReferenceCase {
  readonly name: string
  readonly op: string
  readonly f: OpOfInputs
  readonly inputs: readonly Tensor[]
  readonly tangents: readonly Tensor[]
  readonly cotangent: Tensor
  /** Without hvp the second derivative only has to be finite. */
  readonly expected: Omit<Derivatives, 'hvp'> & { readonly hvp: readonly Tensor[] | undefined }
}

/** Ops whose second derivative PyTorch does not have at some point. */
const withoutSecond = ['norm']

const readCase = (where: string, x: unknown): ReferenceCase => {
  const fields = fieldsAt(where, x)
  const op = typeof fields['op'] === 'string' ? fields['op'] : unreadable(where, 'no op')
  const name = `${where} (${op} ${JSON.stringify(fields['attrs'])})`
  const entry = Object.hasOwn(referenceOps, op) ? referenceOps[op]! : unreadable(name, 'the op is unknown')
  const attributes = attributesOf(`${name}.attrs`, fieldsAt(`${name}.attrs`, fields['attrs']))
  const f = entry.read(attributes)
  const unknown = attributes.leftOver()
  if (unknown.length > 0) unreadable(name, `unknown attributes ${unknown.join(', ')}`)

  const inputs = listAt(`${name}.inputs`, fields['inputs']).map((input, i) => tensorAt(`${name}.inputs[${i}]`, input))
  if (inputs.length === 0 || (entry.inputs !== 'any' && inputs.length !== entry.inputs))
    unreadable(name, `${inputs.length} inputs, not ${entry.inputs}`)
  const output = tensorAt(`${name}.output`, fields['output'])
  const likeInputs = (field: string): readonly Tensor[] => tensorsAt(`${name}.${field}`, fields[field], inputs)
  const hasSecond = 'hvp' in fields
  if (!hasSecond && !withoutSecond.includes(op)) unreadable(name, 'hvp is missing')
  return {
    name,
    op,
    f,
    inputs,
    tangents: likeInputs('tangents'),
    cotangent: tensorAt(`${name}.cotangent`, fields['cotangent'], output.shape),
    expected: {
      output,
      jvp: tensorAt(`${name}.jvp`, fields['jvp'], output.shape),
      vjp: likeInputs('vjp'),
      hvp: hasSecond ? likeInputs('hvp') : undefined
    }
  }
}

/** The cases of a file of ops, all of them or an error. */
export const readCases = (file: string, contents: unknown): readonly ReferenceCase[] => {
  const list = listAt(`${file}.cases`, fieldsAt(file, contents)['cases'])
  if (list.length === 0) unreadable(file, 'there are no cases')
  return list.map((item, i) => readCase(`${file}.cases[${i}]`, item))
}

/** Value, jvp, vjp, and the gradients of the sum of vjp times tangents, all by the public transformations. */
export const derivativesOf =
  (f: OpOfInputs) =>
  (inputs: readonly Tensor[], tangents: readonly Tensor[], cotangent: Tensor): Derivatives => {
    const pulledBack = (...xs: Tensor[]): readonly Tensor[] => vjp(f, ...xs)[1](cotangent)
    const alongTangents = (...xs: Tensor[]): Tensor =>
      pulledBack(...xs)
        .map((gradient, i) => sum(mul(gradient, tangents[i]!)))
        .reduce((a, b) => add(a, b))
    const [output, moved] = jvp(f, [...inputs], [...tangents])
    return {
      output,
      jvp: moved,
      vjp: pulledBack(...inputs),
      hvp: grad(alongTangents, { argnums: inputs.map((_, i) => i) })(...inputs)
    }
  }

/** What is wrong with what was computed for a case. */
export const problemsOf = (
  { expected }: Pick<ReferenceCase, 'expected'>,
  actual: Derivatives,
  tolerance: number
): readonly string[] => [
  ...mismatch('output', actual.output, expected.output, tolerance),
  ...mismatch('jvp', actual.jvp, expected.jvp, tolerance),
  ...expected.vjp.flatMap((x, i) => mismatch(`vjp[${i}]`, actual.vjp[i]!, x, tolerance)),
  ...(expected.hvp?.flatMap((x, i) => mismatch(`hvp[${i}]`, actual.hvp[i]!, x, tolerance)) ??
    actual.hvp.flatMap(({ data }, i) => (data.every(Number.isFinite) ? [] : [`hvp[${i}]: not finite`])))
]

/** `add 3, clamp 2 ...` */
export const showCounts = (cases: readonly { readonly op: string }[]): string => {
  const counts = new Map<string, number>()
  for (const { op } of cases) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].map(([op, count]) => `${op} ${count}`).join(', ')
}
