import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { pipe } from '#fp-ts/function'
import { describe, expect, it } from 'vitest'
import type { Engine, Executable, Resident } from '../../src/engines/engine.ts'
import { gpu } from '../../src/engines/lazyGpu.ts'
import { reference } from '../../src/engines/reference.ts'
import { selectEngine } from '../../src/engines/select.ts'
import { wasm } from '../../src/engines/wasm/engine.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { compileStep } from '../../src/transform/compileStep.ts'
import { loop } from '../../src/transform/loop.ts'
import { of } from '../../src/transform/programs.ts'
import { rejected } from '../support/thrown.ts'

const own = new TypeError('mine')
const raise = (): never => {
  throw own
}

/** All that may stand in the place of a task: what throws, rejects, or is none. */
const broken: readonly (readonly [string, unknown])[] = [
  ['throws', raise],
  ['rejects', () => () => Promise.reject(own)],
  ['throws later', () => raise],
  ['gives no task', () => undefined],
  ['gives a promise', () => Promise.resolve(E.right([]))],
  ['resolves with nothing', () => async () => Promise.resolve(undefined)],
  ['resolves with a bare value', () => async () => Promise.resolve([])],
  ['resolves with a Right of nothing', () => async () => Promise.resolve(E.right(undefined))],
  ['resolves with a Right of something else', () => async () => Promise.resolve(E.right([new Float32Array(7)]))]
]

/** The reference engine with a part replaced. */
const engineWith = (replaced: {
  readonly compile?: unknown
  readonly executable?: Partial<Record<keyof Executable, unknown>>
  readonly resident?: Partial<Record<keyof Resident, unknown>>
}): Engine => {
  const inner = reference()
  return {
    name: 'own',
    compile: (replaced.compile ??
      ((...args: Parameters<Engine['compile']>) =>
        pipe(
          inner.compile(...args),
          TE.map((made) => ({
            ...made,
            resident: (carry: Parameters<Executable['resident']>[0]) =>
              pipe(
                made.resident(carry),
                TE.map((resident) => ({ ...resident, ...replaced.resident }))
              ),
            ...replaced.executable
          }))
        ))) as Engine['compile']
  }
}

const x = tensor([1, 2])
const useLoop = async (engine: Engine): Promise<unknown> => {
  const fit = loop((y: Tensor): [Tensor, Tensor] => [add(y, 1), y], { carry: x, engine })
  await fit.advance(2)
  await fit.snapshot()
  fit.dispose()
  return undefined
}

const cases: readonly (readonly [string, (part: unknown) => Engine, (engine: Engine) => Promise<unknown>])[] = [
  ['compile of a function', (part) => engineWith({ compile: part }), (engine) => compile(mul, { engine })(x, x)],
  ['run', (part) => engineWith({ executable: { run: part } }), (engine) => compile(mul, { engine })(x, x)],
  ['compile of a loop', (part) => engineWith({ compile: part }), useLoop],
  ['resident', (part) => engineWith({ executable: { resident: part } }), useLoop],
  ['snapshot', (part) => engineWith({ resident: { snapshot: part } }), useLoop]
]

describe('an engine of one’s own', () => {
  it.each(cases.flatMap(([part, make, use]) => broken.map(([how, by]) => [part, how, () => use(make(by))] as const)))(
    'whose %s %s is the fault EngineFailed',
    async (_, __, use) => {
      const error = await rejected(use())
      expect(error).toMatchObject({ _tag: 'EngineFailed' })
      expect(error.message).toContain('on the engine own')
      if (error.actual.includes('mine')) expect(error.cause).toBe(own)
    }
  )

  it('that fails in its own words is told by its own tag', async () => {
    const fault = {
      _tag: 'DeviceLost',
      engine: 'own',
      expected: 'a device',
      actual: 'none',
      hint: 'Plug it in'
    } as const
    for (const [part, make, use] of cases) {
      const error = await rejected(use(make(() => TE.left(fault))))
      expect([part, error._tag, error.expected, error.hint]).toEqual([part, 'DeviceLost', 'a device', 'Plug it in'])
    }
  })

  it('whose advance throws loses no carry that it still gives', async () => {
    const fit = loop((y: Tensor): [Tensor, Tensor] => [add(y, 1), y], {
      carry: x,
      engine: engineWith({ resident: { advance: raise } })
    })
    expect(await rejected(fit.advance(1))).toMatchObject({ _tag: 'EngineFailed', op: 'loop' })
    expect([...(await fit.snapshot()).data]).toEqual([1, 2])
  })

  it('that gives a fault gives it to a step as a value', async () => {
    for (const [, by] of broken) {
      const made = await compileStep((y: Tensor): [Tensor, null] => [y, null], x, null, {
        engine: engineWith({ compile: by })
      })()
      expect(made).toMatchObject({ _tag: 'Left', left: { _tag: 'EngineFailed', engine: 'own' } })
    }
  })

  it('may fail when it is freed', () => {
    const compiled = compile(mul, { engine: engineWith({ executable: { dispose: raise } }) })
    return compiled(x, x).then(() => {
      expect(() => compiled.dispose()).not.toThrow()
    })
  })

  it('may be an instance of a class', async () => {
    const inner = reference()
    class Own {
      readonly name = 'class'
      private readonly inner = inner
      compile(...args: Parameters<Engine['compile']>): ReturnType<Engine['compile']> {
        return this.inner.compile(...args)
      }
    }
    expect([...(await compile(mul, { engine: new Own() })(x, x)).data]).toEqual([1, 4])
  })

  it('is an object with a function compile', async () => {
    for (const wrong of [5, null, {}, { compile: 3 }, [], true, 'wasn'])
      expect(await selectEngine(wrong as never)()).toMatchObject({ _tag: 'Left', left: { _tag: 'NotAvailable' } })
    expect(await selectEngine('wasn' as never)()).toMatchObject({ left: { hint: "Did you mean 'wasm'?" } })
  })
})

describe('an engine of ours', () => {
  const made: readonly (readonly [string, () => Engine, string])[] = [
    ['a misspelt option', () => wasm({ treads: 2 } as never), 'Did you mean threads?'],
    ['NaN threads', () => wasm({ threads: NaN }), 'Change threads'],
    ['half a thread', () => wasm({ threads: 0.5 }), 'Change threads'],
    ['no record', () => wasm('fast' as never), 'Write { threads: ... }'],
    ['null', () => wasm(null as never), 'Write { threads: ... }'],
    ['a mode that is none', () => gpu({ mode: 'nope' as never }), 'Change mode'],
    ['no mode', () => gpu(undefined as never), 'Change mode'],
    ['the mode for options', () => gpu('cpu' as never), 'Write { mode: "cpu" }'],
    ['a precision', () => reference('float16' as never), 'Change precision'],
    ['one argument too many', () => (wasm as (...args: unknown[]) => Engine)({}, 2), 'Leave it out']
  ]
  it.each(made)('says where it is used what is wrong with its options, as data: %s', async (_, make, hint) => {
    const program = of(mul, x, x)
    expect(await make().compile(program)()).toMatchObject({ _tag: 'Left', left: { _tag: 'NotSupported', hint } })
    expect(await rejected(compile(mul, { engine: make() })(x, x))).toMatchObject({ _tag: 'NotSupported', hint })
  })

  it('compiles programs and nothing else', async () => {
    for (const engine of [reference(), wasm(), gpu({ mode: 'cpu' })])
      for (const wrong of [undefined, {}, { inputs: [], outputs: [x] }, mul])
        expect(await engine.compile(wrong as never)()).toMatchObject({ left: { expected: 'a program' } })
  })
})
