import { describe, expect, it } from 'vitest'
import { breaches } from './support/language.ts'

const of = (body: string, names = 'a'): string => `function(${names}) { ${body} }`

describe('the language of kernels', () => {
  it('has loops with literal bounds, arithmetic, and elements of arguments', () => {
    const body = [
      'const t0 = this.thread.x;',
      'let s = 0;',
      'for (let i = 0; i < 12; i += 4) { const v = a[t0 + i] * -0.5; s = s + v; }',
      'const t1 = s < 0 ? Math.max(s, (-1e-7)) : Math.sqrt(s);',
      'return t1;'
    ]
    expect(breaches(of(body.join('\n')))).toEqual([])
  })

  it.each([
    ['an arrow', '(a) => a[0]'],
    ['a comment before', '/* */ function(a) { return a[0]; }'],
    ['a default', of('return a[0];', 'a, n = 1')],
    ['separators', of('return 1_000;')],
    ['while', of('let i = 0; while (i < 5) { i = i + 1; } return i;')],
    ['do', of('let i = 0; do { i = i + 1; } while (i < 5); return i;')],
    ['a bound that is an argument', of('let s = 0; for (let i = 0; i < n; i++) { s = s + 1; } return s;', 'a, n')],
    ['a start that is no 0', of('let s = 0; for (let i = this.thread.x; i < 9; i++) { s = s + 1; } return s;')],
    ['a loop that runs back', of('let s = 0; for (let i = 9; i >= 0; i--) { s = s + 1; } return s;')],
    ['continue', of('let s = 0; for (let i = 0; i < 9; i++) { continue; } return s;')],
    ['a counter that is moved', of('let s = 0; for (let i = 0; i < 9; i++) { i = i + 1; } return s;')],
    ['seventy thousand steps', of('let s = 0; for (let i = 0; i < 300; i++) { for (let j = 0; j < 300; j++) { s = s + 1; } } return s;')], // prettier-ignore
    ['two declarations in one', of('let s = 0, t = 1; return s;')],
    ['an assignment within another', of('let s = 0; let t = 0; s = t = 1; return s;')],
    ['three arguments of max', of('return Math.max(a[0], 1, 2);')],
    ['tanh', of('return Math.tanh(a[0]);')],
    ['pow', of('return Math.pow(a[0], 3);')],
    ['random numbers', of('return Math.random();')],
    ['%', of('return this.thread.x % 3;')],
    ['bits', of('return 1 << 3;')],
    ['NaN', of('return NaN;')],
    ['Infinity', of('return Infinity;')],
    ['1e39', of('return 1e39;')],
    ['a captured array', of('return b[0];')],
    ['a captured number', of('return n;')],
    ['an argument that is a number', of('return a[0] + n;', 'a, n')],
    ['a constant of the kernel', of('return a[this.constants.n];')],
    ['rows', of('return a[0][1];')],
    ['an array for a result', of('return [1, 2];')],
    ['a return from a loop', of('for (let i = 0; i < 9; i++) { return 1; } return 2;')],
    ['deep nesting', of(`return ${'('.repeat(40)}a[0]${' + 1)'.repeat(40)};`)],
    ['a function within', of('function g(x) { return x; } return g(1);')]
  ])('has no %s', (_, source) => expect(breaches(source)).not.toEqual([]))
})
