import ts from 'typescript'

/**
 * The part of JavaScript in which every back end of gpu.js computes the same. What a text does beyond it, as sentences;
 * none for a text that may be trusted.
 */
const functions: Readonly<Record<string, number>> = {
  abs: 1,
  cos: 1,
  exp: 1,
  floor: 1,
  log: 1,
  max: 2,
  min: 2,
  sin: 1,
  sqrt: 1
}
const operators = new Set(['+', '-', '*', '/', '<', '<=', '>', '>=', '===', '!=='])
const positions = /^this\.(thread|output)\.[xyz]$/
/** Where WebGPU's parser gives up is near 100. */
const deepest = 16
const largest = 3.4028234663852886e38
/** llvmpipe counts the steps of all loops together. */
const mostSteps = 65_534

export const breaches = (source: string): readonly string[] => {
  const found: string[] = []
  const complain = (what: string, node?: ts.Node): void => {
    found.push(node === undefined ? what : `${what}: ${node.getText().slice(0, 60)}`)
  }
  if (!source.startsWith('function')) complain('it starts with something else than function')
  if (/(?<!\w)\d+_\d|\?\.|\?\?/.test(source)) complain('syntax that gpu.js has not learnt')
  const file = ts.createSourceFile('kernel.js', `(${source})`, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const [statement] = file.statements
  const wrapped = statement !== undefined && ts.isExpressionStatement(statement) ? statement.expression : undefined
  const f = wrapped !== undefined && ts.isParenthesizedExpression(wrapped) ? wrapped.expression : undefined
  if (f === undefined || !ts.isFunctionExpression(f)) return [...found, 'it is no function']

  const parameters = new Set<string>()
  const variables = new Set<string>()
  const counters = new Set<string>()
  for (const parameter of f.parameters) {
    if (parameter.initializer !== undefined || !ts.isIdentifier(parameter.name)) complain('a default', parameter)
    parameters.add(parameter.name.getText())
  }

  const expression = (e: ts.Expression, depth = 0): void => {
    if (depth > deepest) {
      complain('expressions nested deep', e)
      return
    }
    const inner = (...parts: readonly ts.Expression[]): void => parts.forEach((part) => expression(part, depth + 1))
    if (ts.isNumericLiteral(e)) {
      if (!(Math.abs(Number(e.text)) <= largest)) complain('a number that float32 has not', e)
    } else if (ts.isIdentifier(e)) {
      if (!variables.has(e.text)) complain(parameters.has(e.text) ? 'an array as a number' : 'a name from outside', e)
    } else if (ts.isPropertyAccessExpression(e)) {
      if (!positions.test(e.getText())) complain('a property', e)
    } else if (ts.isParenthesizedExpression(e)) inner(e.expression)
    else if (ts.isPrefixUnaryExpression(e) && e.operator === ts.SyntaxKind.MinusToken) inner(e.operand)
    else if (ts.isConditionalExpression(e)) inner(e.condition, e.whenTrue, e.whenFalse)
    else if (ts.isBinaryExpression(e) && operators.has(e.operatorToken.getText())) inner(e.left, e.right)
    else if (ts.isElementAccessExpression(e)) {
      if (!parameters.has(e.expression.getText())) complain('an element of what is no argument', e)
      inner(e.argumentExpression)
    } else if (ts.isCallExpression(e)) {
      const name = /^Math\.(\w+)$/.exec(e.expression.getText())?.[1] ?? ''
      if (functions[name] !== e.arguments.length) complain('a call that not every back end knows', e)
      inner(...e.arguments)
    } else complain('an expression of another kind', e)
  }

  const declare = ({ declarations, flags }: ts.VariableDeclarationList): ts.VariableDeclaration | undefined => {
    const [declaration, ...others] = declarations
    if (others.length > 0 || declaration?.initializer === undefined || (flags & ts.NodeFlags.BlockScoped) === 0)
      complain('a declaration of another form', declaration)
    if (declaration === undefined) return undefined
    if (declaration.initializer !== undefined) expression(declaration.initializer)
    variables.add(declaration.name.getText())
    return declaration
  }

  const assign = (e: ts.Expression): void => {
    const target = ts.isBinaryExpression(e) ? e.left : ts.isPostfixUnaryExpression(e) ? e.operand : undefined
    const isSimple = ts.isBinaryExpression(e) ? ['=', '+='].includes(e.operatorToken.getText()) : target !== undefined
    if (target === undefined || !isSimple || !ts.isIdentifier(target)) {
      complain('a statement of another kind', e)
      return
    }
    if (!variables.has(target.text) || counters.has(target.text)) complain('an assignment to what is no variable', e)
    if (ts.isBinaryExpression(e)) expression(e.right)
  }

  /** How often a loop with literal bounds runs. */
  const loop = ({ initializer, condition, incrementor, statement: body }: ts.ForStatement, within: number): number => {
    const text = [initializer, condition, incrementor].map((part) => part?.getText() ?? '').join('; ')
    const form = /^let (\w+) = 0; (\w+) < (\d+); (\w+)(?:\+\+| \+= (\d+))$/.exec(text)
    if (form === null || new Set([form[1], form[2], form[4]]).size > 1) {
      complain(`a loop that may be cut at 1000: for (${text})`)
      return 0
    }
    const steps = within * Math.ceil(Number(form[3]) / Number(form[5] ?? 1))
    variables.add(form[1]!)
    counters.add(form[1]!)
    const inside = ts.isBlock(body) ? statements(body.statements, steps) : 0
    if (!ts.isBlock(body)) complain('a loop without braces', body)
    return steps + inside
  }

  const statements = (list: readonly ts.Statement[], within: number): number =>
    list.reduce((steps, each, i) => {
      if (ts.isVariableStatement(each)) declare(each.declarationList)
      else if (ts.isExpressionStatement(each)) assign(each.expression)
      else if (ts.isForStatement(each)) return steps + loop(each, within)
      else if (ts.isReturnStatement(each) && each.parent === f.body && i === list.length - 1) {
        if (each.expression !== undefined) expression(each.expression)
      } else complain('a statement of another kind', each)
      return steps
    }, 0)

  const steps = statements(f.body.statements, 1)
  if (steps > mostSteps) complain(`${String(steps)} steps of loops`)
  return found
}
