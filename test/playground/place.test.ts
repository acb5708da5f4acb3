import { describe, expect, it } from 'vitest'
import { E, Gan, Issue, Preset } from 'saddlepoint'
import { placeOf } from '../../docs/playground/page/code/place.ts'
import { runnable } from '../../docs/playground/page/code/runnable.ts'
import { textOf } from '../../docs/playground/worker/issues.ts'
import type { IssueText } from '../../docs/playground/worker/messages.ts'
import { specOfCode } from '../../docs/playground/worker/ownCode.ts'

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length

const issuesOf = (code: string): readonly IssueText[] => {
  const spec = specOfCode(runnable(code).code)
  if (E.isLeft(spec)) return spec.left
  const checked = Gan.validate(spec.right)
  return E.isLeft(checked) ? checked.left.map(textOf) : []
}

const linesOf = (code: string): readonly number[] =>
  issuesOf(code).map(({ path, line }) => line ?? lineAt(code, placeOf(code, path).from))

const codeOf = (name: Preset.PresetName): string => {
  const code = Gan.specToCode(Preset.of(name))
  if (E.isLeft(code)) throw new Error(Issue.show(code.left))
  return code.right
}

/** Puts something in the place of each match, where no line like it was seen before. */
const broken = (
  names: readonly Preset.PresetName[],
  wrong: RegExp,
  put: string
): readonly (readonly [string, number])[] => {
  const seen = new Set<string>()
  return names.map(codeOf).flatMap((code) =>
    [...code.matchAll(wrong)].flatMap(({ 0: word, index }) => {
      const made = code.slice(0, index) + put + code.slice(index + word.length)
      const line = lineAt(made, index)
      const like = (made.split('\n')[line - 1] ?? '').replaceAll(/[\d.]+/g, '0')
      if (seen.has(like)) return []
      seen.add(like)
      return [[made, line]] as const
    })
  )
}

/** In these are all kinds of parts that code may have. */
const presets = ['r1', 'wgan-gp', 'infogan', 'unrolled', 'log-condition', 'stylegan-losses', 'pacgan', 'dcgan'] as const

const number = /(?<=[:(] |\(|, )-?\d[\d.e-]*/g
const option = /(?<=\(.*)\b[a-zA-Z0-9]+(?=: -?\d)/g

describe('the place in the code that an issue is about', () => {
  it('is the line of a number that is none, whatever the code says', () => {
    const all = broken(presets, number, "'?'")
    expect(all.length).toBeGreaterThan(40)
    for (const [code, line] of all) expect(linesOf(code), code).toContain(line)
  })

  it('is the line of an option that nothing has', () => {
    const all = broken(['r1', 'wgan', 'dcgan', 'pacgan'], option, 'misspelt')
    expect(all.length).toBeGreaterThan(8)
    for (const [code, line] of all) expect(linesOf(code), code).toContain(line)
  })

  const own = (lines: readonly string[]): string =>
    [
      "import { Gan, Loss, Net, Opt, Prior, Reg, Update, pipe, matmul, zeros } from 'saddlepoint'",
      'const rate: number = 0.1',
      'const discriminator = Net.dense(2, 1)',
      'const drift: Gan.Term = ({ D, real }) =>',
      '  matmul(D(real), zeros([5, 5]))',
      'const rule = Update.alternating({ first: "discriminator" })',
      'export const spec = pipe(',
      '  Gan.between({ generator: Net.dense(8, 2), discriminator, prior: Prior.normal([8]) }),',
      '  Gan.withLoss(Loss.hinge),',
      ...lines,
      "  Gan.withOptimizer('generator', Opt.sgd({ learningRate: rate })),",
      "  Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: rate })),",
      '  Gan.withUpdate(rule)',
      ')'
    ].join('\n')

  it('is where a variable of the module was given what is wrong, where a function threw, or the spec', () => {
    expect(linesOf(own([]))).toEqual([])
    expect(linesOf(own([]).replace('first:', 'frist:'))).toEqual([6])
    expect(linesOf(own([]).replace('Net.dense(2, 1)', "Net.dense(2, 'x')"))).toContain(3)
    expect(linesOf(own(["  Gan.withRegularizer('discriminator', drift),"]))).toContain(5)
    expect(linesOf(own([]).replace('  Gan.withLoss(Loss.hinge),\n', ''))).toEqual([7])
    expect(linesOf(own([]).replace('Gan.withUpdate(rule)', 'undefined.withUpdate(rule)'))).toEqual([12])
    expect(linesOf('export const spec = 3')).toEqual([1])
  })
})
