/**
 * Examples in the documentation are tests. Collected are the `@example` blocks of src and kernels and the fenced `ts`
 * blocks of README.md and docs/*.md; each becomes a module of its own, and these comments become expectations:
 *
 * - `f(x) // => value`  numbers agree to about 5 digits, arrays and typed arrays element by element, a tensor with the
 *   nested array of its values, a record field by field. `const y = f(x) // => value` says the same of `y`. The comment
 *   may stand on the line below, and a long value may go on over further comment lines.
 * - `f(x) // throws text`  the text occurs in the error's name, `_tag` or message.
 *
 * A fence marked `ts continued` goes on from the one before it, whose names it may use.
 * A fence marked `ts no-run` is compiled only; one marked `ts ignore` is a sketch and neither compiled nor run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { Plugin } from 'vitest/config'
import { sourceFiles } from './imports.ts'

export interface Example {
  /** Path relative to the root of the project. */
  readonly file: string
  /** The line in the file of the first line of the code, counted from 1. */
  readonly line: number
  readonly code: string
  readonly runs: boolean
  /** What it goes on from, each line ended. */
  readonly before?: string
}

/** The fenced blocks of a markdown text that begins at the given line. */
export const fencedExamples = (file: string, text: string, firstLine = 1): readonly Example[] => {
  const examples: Example[] = []
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const open = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[i]!)
    if (open === null) continue
    const [, indent, fence, info] = open
    const isClose = (line: string): boolean => new RegExp(`^\\s*${fence!}\\s*$`).test(line)
    const start = i + 1
    let end = start
    while (end < lines.length && !isClose(lines[end]!)) end++
    const words = info!.trim().split(/\s+/)
    if (/^(ts|typescript)$/.test(words[0]!) && !words.includes('ignore')) {
      const former = words.includes('continued') ? examples.at(-1) : undefined
      examples.push({
        file,
        line: firstLine + start,
        code: lines
          .slice(start, end)
          .map((line) => (line.startsWith(indent!) ? line.slice(indent!.length) : line))
          .join('\n'),
        runs: !words.includes('no-run'),
        ...(former === undefined ? {} : { before: `${former.before ?? ''}${former.code}\n` })
      })
    }
    i = end
  }
  return examples
}

/** The `@example` blocks of a source text: either fenced or bare code up to the next tag. */
export const taggedExamples = (file: string, text: string): readonly Example[] => {
  const examples: Example[] = []
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const firstLine = text.slice(0, comment.index).split('\n').length
    const lines = comment[0]
      .replace(/\s*\*\/$/, '')
      .split('\n')
      .map((line, i) => (i === 0 ? line.replace(/^\/\*\* ?/, '') : line.replace(/^\s*\* ?/, '')))
    for (let i = 0; i < lines.length; i++) {
      const tag = /^\s*@example\b(.*)$/.exec(lines[i]!)
      if (tag === null) continue
      let end = i + 1
      while (end < lines.length && !/^\s*@[a-z]+\b/i.test(lines[end]!)) end++
      const block = [tag[1]!.trim(), ...lines.slice(i + 1, end)]
      if (block.some((line) => /^\s*(```|~~~)/.test(line)))
        examples.push(...fencedExamples(file, block.join('\n'), firstLine + i))
      else if (block.some((line) => line.trim() !== ''))
        examples.push({ file, line: firstLine + i, code: block.join('\n').trimEnd(), runs: true })
      i = end - 1
    }
  }
  return examples
}

export const collectExamples = (root: string): readonly Example[] => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  const prose = [
    ...(existsSync(join(root, 'README.md')) ? ['README.md'] : []),
    ...(existsSync(join(root, 'docs')) ? readdirSync(join(root, 'docs')) : [])
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`)
  ]
  const source = ['src', 'kernels'].flatMap((folder) => sourceFiles(root, folder))
  return [
    ...prose.flatMap((file) => fencedExamples(file, read(file))),
    ...source.flatMap((file) => taggedExamples(file, read(file)))
  ]
}

interface Claim {
  readonly kind: 'equals' | 'throws'
  readonly text: string
}

const parses = (expression: string): boolean =>
  ts.transpileModule(`void (${expression}\n)`, { reportDiagnostics: true }).diagnostics?.length === 0

/** `Float32Array(3) [1, 2, 3]`, as a console prints it, means the numbers. */
const literal = (text: string): string => text.replace(/\b\w+Array(\(\d+\))?\s*(?=\[)/g, '').trim()

/** The claim made by the comment that follows a statement, on its line or on the next. */
const claimAfter = (code: string, end: number): Claim | undefined => {
  const found = /^[ \t;]*(?:\r?\n[ \t]*)?\/\/[ \t]*(=>|throws\b)(.*)((?:\r?\n[ \t]*\/\/.*)*)/.exec(code.slice(end))
  if (found === null) return undefined
  const [, arrow, first, rest] = found
  if (arrow === 'throws') return { kind: 'throws', text: first!.trim() }
  const more = rest!.split('\n').map((line) => line.replace(/^\s*\/\/ ?/, ''))
  for (let n = 1; n <= more.length; n++) {
    const text = literal([first, ...more.slice(1, n)].join('\n'))
    if (text !== '' && parses(text)) return { kind: 'equals', text }
  }
  return { kind: 'equals', text: literal(first!) }
}

/** The name by which the code after a declaration can speak of its value. */
const declaredExpression = (statement: ts.VariableStatement, source: ts.SourceFile): string | undefined => {
  const declarations = statement.declarationList.declarations
  const pattern = declarations[declarations.length - 1]?.name
  return pattern === undefined ? undefined : ts.isIdentifier(pattern) ? pattern.text : `(${pattern.getText(source)})`
}

/** The code of an example with its comments turned into calls of `agrees` and `throws`; the lines stay where they are. */
export const instrument = (example: Example): string => {
  const { code, file, line } = example
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  const place = (node: ts.Node): string =>
    JSON.stringify(`${file}:${line + source.getLineAndCharacterOfPosition(node.getStart(source)).line}`)
  const visit = (node: ts.Node): void => {
    const claim =
      ts.isExpressionStatement(node) || ts.isVariableStatement(node) ? claimAfter(code, node.getEnd()) : undefined
    if (claim === undefined) return ts.forEachChild(node, visit)
    const start = node.getStart(source)
    const end = node.getEnd()
    const [value, where] = [claim.text.replace(/\s*\n\s*/g, ' '), place(node)]
    if (claim.kind === 'throws') {
      const body = code.slice(start, end)
      edits.push({
        start,
        end,
        text: `;await __throws(async () => { ${body} }, ${JSON.stringify(claim.text)}, ${where});`
      })
    } else if (value === '' || !parses(value)) {
      edits.push({ start, end, text: `;__notLiteral(${JSON.stringify(value)}, ${where});` })
    } else if (ts.isExpressionStatement(node)) {
      const expression = node.expression.getText(source)
      edits.push({ start, end, text: `;__agrees((${expression}), (${value}), ${where});` })
    } else if (ts.isVariableStatement(node)) {
      const declared = declaredExpression(node, source) ?? 'undefined'
      edits.push({ start: end, end, text: `;__agrees(${declared}, (${value}), ${where});` })
    }
  }
  visit(source)
  return edits.reduceRight((text, { start, end, text: inserted }) => {
    return text.slice(0, start) + inserted + text.slice(end)
  }, code)
}

/** One virtual module per example, and `virtual:examples`, the list of them. */
export const examples = (root: string): Plugin => {
  const list = 'virtual:examples'
  const single = /^virtual:example\/(\d+)$/
  const marked = '\0'
  const expectations = join(root, 'test/support/expectations.ts')
  const compile = (example: Example): string =>
    ts.transpileModule(
      `import { agrees as __agrees, throws as __throws, notLiteral as __notLiteral } from ${JSON.stringify(expectations)};` +
        `${example.before ?? ''}${instrument(example)}\nexport {}`,
      {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: false
        },
        fileName: `${example.file}.${example.line}.ts`
      }
    ).outputText
  return {
    name: 'examples',
    enforce: 'pre',
    resolveId: (id) => (id === list || single.test(id) ? marked + id : undefined),
    load: (id) => {
      if (id === marked + list) {
        const entries = collectExamples(root).map(
          ({ file, line, runs }, i) =>
            `{ name: ${JSON.stringify(`${file}:${line}`)}, runs: ${runs}, run: () => import('virtual:example/${i}') }`
        )
        return `export const examples = [\n${entries.join(',\n')}\n]`
      }
      const index = id.startsWith(marked) ? single.exec(id.slice(marked.length))?.[1] : undefined
      const example = index === undefined ? undefined : collectExamples(root)[Number(index)]
      return example === undefined ? undefined : compile(example)
    }
  }
}

/** What the compiler has to say about the examples, each message with the file and line where the example stands. */
export const typeErrors = (root: string, list: readonly Example[]): readonly string[] => {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {
      noUnusedLocals: false,
      noUnusedParameters: false,
      skipLibCheck: true,
      noEmit: true,
      // Examples are for readers, whose own settings are `strict`: what the stricter ones ask for would be in their way.
      noUncheckedIndexedAccess: false,
      noPropertyAccessFromIndexSignature: false
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined }
  )
  if (config === undefined) return ['tsconfig.json cannot be read']
  const named = new Map(list.map((example, i) => [join(root, 'test', `example-${i}.ts`), example]))
  const host = ts.createCompilerHost(config.options)
  const program = ts.createProgram([...named.keys()], config.options, {
    ...host,
    fileExists: (name) => named.has(name) || host.fileExists(name),
    readFile: (name) => named.get(name)?.code ?? host.readFile(name),
    getSourceFile: (name, version, ...rest) => {
      const example = named.get(name)
      return example === undefined
        ? host.getSourceFile(name, version, ...rest)
        : ts.createSourceFile(name, `${example.before ?? ''}${example.code}\nexport {}`, version)
    }
  })
  return [...named].flatMap(([name, { file, line, before = '' }]) => {
    const source = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => {
      const at = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0
      return `${file}:${line + at - before.split('\n').length + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`
    })
  })
}
