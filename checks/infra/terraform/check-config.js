// Checks Terraform configurations against the AWS provider's schema, without Terraform and without the provider.
//
//   node check-config.js SCHEMA FOLDER...    one line for each mistake; the exit status is 1 if there is any
//   node check-config.js --types FOLDER...   the types in use, as schema.js wants them
//
// Checked: that each resource and data source is of a known type, takes the arguments and nested blocks that it is
// given, and is given those that it needs, at every depth; that references between resources, data sources, variables,
// locals, modules and their outputs lead somewhere, down to the first attribute; that calls of modules give what they need;
// that variables and outputs are described, variables have a type, and no variable, local or data source is unused.
'use strict';

const fs = require('fs');
const path = require('path');
const { parse } = require('@cdktf/hcl2json');

const META = {
    resource: ['count', 'depends_on', 'for_each', 'provider', 'lifecycle', 'connection', 'provisioner'],
    data: ['count', 'depends_on', 'for_each', 'provider', 'lifecycle'],
    module: ['count', 'depends_on', 'for_each', 'providers', 'source', 'version'],
};
// What an expression may start with beside names of resource types.
const ROOTS = ['count', 'each', 'path', 'self', 'terraform'];
const WORDS = ['true', 'false', 'null', 'for', 'in', 'if', 'else', 'endif', 'endfor'];
const TYPES = ['string', 'number', 'bool', 'any', 'object', 'map', 'list', 'set', 'tuple', 'optional'];

// ---- expressions

/** The parts of a template that are expressions: what is in ${} and %{}, with nested ones inside. */
function expressionsIn(text) {
    const found = [];
    for (let at = 0; at < text.length - 1; at++) {
        if ((text[at] === '$' || text[at] === '%') && text[at + 1] === '{') {
            if (text[at - 1] === text[at]) {
                continue;
            }
            const end = closing(text, at + 2, '{', '}');
            found.push(text.slice(at + 2, end));
            at = end;
        }
    }
    return found;
}

/** Where what is open at a place is closed, quoted strings and what is nested in them left aside. */
function closing(text, from, opens, closes) {
    let depth = 1;
    for (let at = from; at < text.length; at++) {
        if (isComment(text, at)) {
            at = endOfLine(text, at);
        } else if (text[at] === '"') {
            at = endOfString(text, at);
        } else if (text[at] === opens) {
            depth++;
        } else if (text[at] === closes && --depth === 0) {
            return at;
        }
    }
    return text.length;
}

const isComment = (text, at) => text[at] === '#' || (text[at] === '/' && text[at + 1] === '/');

function endOfLine(text, from) {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
}

function endOfString(text, quote) {
    for (let at = quote + 1; at < text.length; at++) {
        if (text[at] === '\\') {
            at++;
        } else if (text[at] === '"') {
            return at;
        } else if (text[at] === '$' && text[at + 1] === '{') {
            at = closing(text, at + 2, '{', '}');
        }
    }
    return text.length;
}

/**
 * The names that an expression refers to, as arrays of their steps (an index is left out). Functions are left to
 * `terraform validate`. The names that a `for` brings along are no references.
 */
function references(expression, bound = new Set()) {
    const found = [];
    const local = new Set(bound);
    for (const [, first, second] of expression.matchAll(/\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b/g)) {
        local.add(first);
        if (second) {
            local.add(second);
        }
    }
    let at = 0;
    while (at < expression.length) {
        if (isComment(expression, at)) {
            at = endOfLine(expression, at);
            continue;
        }
        if (expression[at] === '"') {
            const end = endOfString(expression, at);
            for (const inner of expressionsIn(expression.slice(at + 1, end))) {
                found.push(...references(inner, local));
            }
            at = end + 1;
            continue;
        }
        const name = /^[A-Za-z_][\w-]*/.exec(expression.slice(at));
        if (!name) {
            const number = /^[0-9][\w.]*/.exec(expression.slice(at));
            at += number ? number[0].length : 1;
            continue;
        }
        const start = at;
        at += name[0].length;
        const rest = expression.slice(at);
        if (/^\s*\(/.test(rest)) {
            // A function.
        } else if (/^\s*(=(?![=>])|:(?!:))/.test(rest) && /[{,\n]\s*$/.test(expression.slice(0, start))) {
            // The key of an object.
        } else if (/\.\s*$/.test(expression.slice(0, start))) {
            // A step behind an index or a call, which was the reference.
        } else if (!WORDS.includes(name[0]) && !local.has(name[0])) {
            const steps = [name[0]];
            for (;;) {
                const step = /^(?:\.([A-Za-z_][\w-]*)|\[(?:\d+|"[^"]*"|\*)\]|\.\*)/.exec(expression.slice(at));
                if (step) {
                    if (step[1]) {
                        steps.push(step[1]);
                    }
                    at += step[0].length;
                    continue;
                }
                if (expression[at] === '[') {
                    const end = closing(expression, at + 1, '[', ']');
                    found.push(...references(expression.slice(at + 1, end), local));
                    at = end + 1;
                    continue;
                }
                break;
            }
            found.push(steps);
        }
    }
    return found;
}

/** All strings in a parsed value. */
function* strings(value) {
    if (typeof value === 'string') {
        yield value;
    } else if (Array.isArray(value)) {
        for (const item of value) {
            yield* strings(item);
        }
    } else if (value !== null && typeof value === 'object') {
        for (const [key, item] of Object.entries(value)) {
            yield key;
            yield* strings(item);
        }
    }
}

// ---- one folder

class Configuration {
    constructor(folder) {
        this.folder = folder;
        this.parts = { resource: {}, data: {}, variable: {}, output: {}, module: {}, locals: {}, provider: {}, terraform: [] };
        this.problems = [];
    }

    static async read(folder) {
        const configuration = new Configuration(folder);
        for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.tf')).sort()) {
            let parsed;
            try {
                parsed = await parse(file, fs.readFileSync(path.join(folder, file), 'utf8'));
            } catch (failure) {
                configuration.problem(file, `can't be read: ${String(failure.message ?? failure).split('\n')[0]}`);
                continue;
            }
            configuration.add(file, parsed);
        }
        return configuration;
    }

    add(file, parsed) {
        for (const kind of ['resource', 'data']) {
            for (const [type, named] of Object.entries(parsed[kind] ?? {})) {
                for (const [name, bodies] of Object.entries(named)) {
                    this.define(this.parts[kind], `${type}.${name}`, { file, type, body: bodies[0] }, bodies.length);
                }
            }
        }
        for (const kind of ['variable', 'output', 'module', 'provider']) {
            for (const [name, bodies] of Object.entries(parsed[kind] ?? {})) {
                this.define(this.parts[kind], name, { file, body: bodies[0] }, bodies.length);
            }
        }
        for (const block of parsed.locals ?? []) {
            for (const [name, value] of Object.entries(block)) {
                this.define(this.parts.locals, name, { file, body: value }, 1);
            }
        }
        for (const kind of Object.keys(parsed)) {
            if (!(kind in this.parts) && !['moved', 'removed', 'import', 'check'].includes(kind)) {
                this.problem(file, `unknown block ${kind}`);
            }
        }
    }

    define(where, name, what, times) {
        if (name in where || times > 1) {
            this.problem(what.file, `${name} is there twice`);
        }
        where[name] = what;
    }

    problem(file, text) {
        this.problems.push(`${path.join(this.folder, file)}: ${text}`);
    }

    types() {
        return [
            ...Object.values(this.parts.resource).map(({ type }) => type),
            ...Object.values(this.parts.data).map(({ type }) => `data.${type}`),
        ];
    }

    check(schema, others) {
        this.schema = schema;
        this.used = new Set();
        this.checkArguments();
        this.checkModules(others);
        this.checkReferences(others);
        this.checkDescriptions();
        this.checkUse();
        return this.problems;
    }

    // -- arguments

    checkArguments() {
        for (const kind of ['resource', 'data']) {
            const known = kind === 'resource' ? this.schema.resources : this.schema.data;
            for (const [name, { file, type, body }] of Object.entries(this.parts[kind])) {
                const where = kind === 'data' ? `data.${name}` : name;
                if (!known[type]) {
                    this.problem(file, `${where}: the provider has no ${kind === 'data' ? 'data source' : 'resource'} ${type}`);
                    continue;
                }
                this.checkBlock(file, where, body, known[type], META[kind]);
            }
        }
    }

    checkBlock(file, where, body, block, also = []) {
        const dynamic = body.dynamic ?? {};
        const given = new Set([...Object.keys(body), ...Object.keys(dynamic)]);
        given.delete('dynamic');
        for (const name of given) {
            if (also.includes(name)) {
                continue;
            }
            const attribute = block.attributes[name];
            const nested = block.blocks[name];
            if (!attribute && !nested) {
                this.problem(file, `${where} has no argument ${name}${nearest(name, block)}`);
            } else if (attribute && !attribute.required && !attribute.optional) {
                this.problem(file, `${where}.${name} is the provider's to say, not to be given`);
            } else if (attribute) {
                this.checkType(file, `${where}.${name}`, body[name], attribute.type);
            } else {
                const values = [...(body[name] ?? []), ...(dynamic[name] ?? []).flatMap((each) => each.content ?? [])];
                if (!Array.isArray(body[name] ?? [])) {
                    this.problem(file, `${where}.${name} is a block, without =`);
                    continue;
                }
                if (nested.max > 0 && (body[name]?.length ?? 0) > nested.max) {
                    this.problem(file, `${where} may have at most ${nested.max} block ${name}`);
                }
                for (const value of values) {
                    this.checkBlock(file, `${where}.${name}`, value, nested.block);
                }
            }
        }
        for (const [name, attribute] of Object.entries(block.attributes)) {
            if (attribute.required && !given.has(name)) {
                this.problem(file, `${where} needs the argument ${name}`);
            }
        }
        for (const [name, nested] of Object.entries(block.blocks)) {
            if (nested.min > 0 && !given.has(name)) {
                this.problem(file, `${where} needs a block ${name}`);
            }
        }
    }

    /** What can be told without evaluating: a literal of another kind. */
    checkType(file, where, value, type) {
        if (value === null || value === undefined || (typeof value === 'string' && expressionsIn(value).length > 0)) {
            return;
        }
        const kind = Array.isArray(type) ? type[0] : type;
        const is = Array.isArray(value) ? 'list' : typeof value;
        const fits = {
            string: ['string', 'number', 'boolean'],
            number: ['number'],
            bool: ['boolean'],
            list: ['list'],
            set: ['list'],
            map: ['object'],
            object: ['object', 'list'],
            dynamic: [is],
        }[kind];
        const numeral = kind === 'number' && is === 'string' && /^-?[0-9.]+$/.test(value);
        if (!fits.includes(is) && !numeral) {
            this.problem(file, `${where} is a ${is}, and should be a ${kind}`);
        }
    }

    // -- modules

    checkModules(others) {
        for (const [name, { file, body }] of Object.entries(this.parts.module)) {
            const called = others.get(path.resolve(this.folder, body.source ?? ''));
            if (!called) {
                this.problem(file, `module.${name}: there is no module at ${body.source}`);
                continue;
            }
            const variables = called.parts.variable;
            for (const argument of Object.keys(body).filter((key) => !META.module.includes(key))) {
                if (!variables[argument]) {
                    this.problem(file, `module.${name} has no variable ${argument}`);
                }
            }
            for (const [variable, { body: declared }] of Object.entries(variables)) {
                if (!('default' in declared) && !(variable in body)) {
                    this.problem(file, `module.${name} needs the variable ${variable}`);
                }
            }
        }
    }

    // -- references

    checkReferences(others) {
        for (const [kind, named] of Object.entries(this.parts)) {
            for (const [name, { file, body }] of Object.entries(named)) {
                if (kind === 'variable') {
                    this.checkVariable(file, name, body, others);
                    continue;
                }
                const text = JSON.stringify(body?.lifecycle ?? null);
                const copy = body !== null && typeof body === 'object' && !Array.isArray(body) ? { ...body } : body;
                if (copy?.lifecycle && text.includes('ignore_changes')) {
                    // Attribute names without quotes, which are no references.
                    copy.lifecycle = copy.lifecycle.map(({ ignore_changes: _, ...rest }) => rest);
                }
                this.checkValue(file, `${kind === 'resource' ? '' : `${kind}.`}${name}`, copy, others, new Set(dynamicNames(copy)));
            }
        }
    }

    checkVariable(file, name, body, others) {
        // A type's words are constructors and primitives; what stands before = is the name of a field.
        for (const word of String(body.type ?? '').replace(/\w+\s*=/g, '').match(/[a-z_]+/g) ?? []) {
            if (!TYPES.includes(word)) {
                this.problem(file, `variable.${name}: ${word} is no type`);
            }
        }
        for (const validation of body.validation ?? []) {
            if (![...strings(validation.condition)].join().includes(`var.${name}`)) {
                this.problem(file, `variable.${name}: a validation does not look at var.${name}`);
            }
            this.checkValue(file, `variable.${name}`, validation, others, new Set(), name);
        }
    }

    checkValue(file, where, value, others, bound, except) {
        for (const text of strings(value)) {
            for (const expression of expressionsIn(text)) {
                for (const steps of references(expression, bound)) {
                    this.checkReference(file, where, steps, others, except);
                }
            }
        }
    }

    checkReference(file, where, steps, others, except) {
        const [root, second, third] = steps;
        const shown = steps.join('.');
        const complain = (why) => this.problem(file, `${where} refers to ${shown}: ${why}`);
        if (ROOTS.includes(root)) {
            return;
        }
        if (root === 'var' || root === 'local' || root === 'module') {
            const kind = { var: 'variable', local: 'locals', module: 'module' }[root];
            if (!this.parts[kind][second]) {
                complain(`there is no ${kind === 'locals' ? 'local' : kind} ${second}`);
                return;
            }
            if (second !== except) {
                this.used.add(`${root}.${second}`);
            }
            if (root === 'module' && third) {
                const called = others.get(path.resolve(this.folder, this.parts.module[second].body.source ?? ''));
                if (called && !called.parts.output[third]) {
                    complain(`the module has no output ${third}`);
                }
            }
            return;
        }
        const data = root === 'data';
        const [type, name, attribute] = data ? steps.slice(1) : steps;
        const there = this.parts[data ? 'data' : 'resource'][`${type}.${name}`];
        if (!there) {
            complain(data ? 'there is no such data source' : name ? 'there is no such resource' : 'it is no name that is known here');
            return;
        }
        this.used.add(`${data ? 'data.' : ''}${type}.${name}`);
        const block = (data ? this.schema.data : this.schema.resources)[type];
        if (block && attribute && !block.attributes[attribute] && !block.blocks[attribute]) {
            complain(`${type} has no attribute ${attribute}${nearest(attribute, block)}`);
        }
    }

    // -- good manners

    checkDescriptions() {
        for (const kind of ['variable', 'output']) {
            for (const [name, { file, body }] of Object.entries(this.parts[kind])) {
                if (!body.description) {
                    this.problem(file, `${kind}.${name} has no description`);
                }
                if (kind === 'variable' && !body.type) {
                    this.problem(file, `variable.${name} has no type`);
                }
            }
        }
    }

    checkUse() {
        const declared = [
            ...Object.entries(this.parts.variable).map(([name, { file }]) => [`var.${name}`, file]),
            ...Object.entries(this.parts.locals).map(([name, { file }]) => [`local.${name}`, file]),
            ...Object.entries(this.parts.data).map(([name, { file }]) => [`data.${name}`, file]),
        ];
        for (const [name, file] of declared) {
            if (!this.used.has(name)) {
                this.problem(file, `${name} is used nowhere`);
            }
        }
    }
}

/** The iterators that dynamic blocks bring along, at any depth. */
function dynamicNames(value) {
    if (value === null || typeof value !== 'object') {
        return [];
    }
    const own = Array.isArray(value) ? [] : Object.entries(value.dynamic ?? {}).flatMap(([label, each]) => each.map((one) => one.iterator ?? label));
    return [...own, ...Object.values(value).flatMap(dynamicNames)];
}

function nearest(name, block) {
    const all = [...Object.keys(block.attributes), ...Object.keys(block.blocks)];
    const close = all.find((other) => distance(name, other) <= 2);
    return close ? `; is ${close} meant?` : '';
}

function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        }
        row = next;
    }
    return row[b.length];
}

async function main(mode, folders) {
    const configurations = new Map();
    for (const folder of folders) {
        configurations.set(path.resolve(folder), await Configuration.read(folder));
    }
    const all = [...configurations.values()];
    if (mode === '--types') {
        console.log([...new Set(all.flatMap((one) => one.types()))].sort().join('\n'));
        return;
    }
    const schema = JSON.parse(fs.readFileSync(mode, 'utf8'));
    const problems = all.flatMap((one) => one.check(schema, configurations));
    problems.forEach((problem) => console.log(problem));
    process.exit(problems.length > 0 ? 1 : 0);
}

main(process.argv[2], process.argv.slice(3));
