// The AWS provider's schema, without the provider: from the npm package @cdktn/provider-aws, which is generated from it.
//
//   node schema.js PACKAGE_FOLDER OUTPUT TYPE...      TYPE: aws_vpc, or data.aws_partition
//
// For each type, the package's .jsii file says which properties its configuration takes and which of them may be left
// out (type NAME.NameConfig), and names the file with its generated code, which says the rest: the provider's own names,
// what the provider computes, and whether something is a block or an attribute, a list, a set or a map. Where both say
// whether a property is needed, they must agree.
//
// The output is JSON: {provider, resources: {TYPE: BLOCK}, data: {TYPE: BLOCK}}, where BLOCK is
//   {attributes: {NAME: {type, required, optional, computed}}, blocks: {NAME: {nesting, min, max, block}}}
// and a type is one of Terraform's: "string", ["set", "string"], ["list", ["object", {...}]].
'use strict';

const fs = require('fs');
const path = require('path');

const MODULE = '@cdktn/provider-aws.';
const MEMBER = /^ {4}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n/gm;

/** Reads the generated code of one resource or data source. */
class GeneratedCode {
    constructor(file) {
        this.text = fs.readFileSync(file, 'utf8');
    }

    /** The text of a class, or undefined. */
    classBody(name) {
        const start = this.text.indexOf(`\nclass ${name} extends `);
        const from = start < 0 ? this.text.indexOf(`\nexport class ${name} extends `) : start;
        return from < 0 ? undefined : this.text.slice(from, this.text.indexOf('\n}\n', from) + 3);
    }

    members(className) {
        const body = this.classBody(className);
        if (body === undefined) {
            throw new Error(`there is no class ${className}`);
        }
        const matches = [...body.matchAll(MEMBER)];
        return matches.map((match, index) => ({
            name: match[1],
            computed: match[2] === 'true',
            optional: match[3] === 'true',
            required: match[4] === 'true',
            code: body.slice(match.index + match[0].indexOf('\n') + 5, matches[index + 1]?.index),
        }));
    }

    /** What the code does with a value that the configuration gives: listMapperHcl(f, true) is a block. */
    isBlock(className, member) {
        const owner = className.endsWith('OutputReference')
            ? this.text.slice(...this.functionOf(className.slice(0, -'OutputReference'.length)))
            : this.classBody(className);
        const mapped = owner.match(new RegExp(`^ +${member}: \\{\\n +value: .*?(listMapperHcl|hashMapperHcl)?\\((\\w+)(?:, (true|false))?\\)`, 'm'));
        if (!mapped) {
            return false;
        }
        return mapped[1] === 'listMapperHcl' ? mapped[3] === 'true' : mapped[1] === undefined;
    }

    functionOf(structName) {
        const start = this.text.indexOf(`unction ${structName[0].toLowerCase()}${structName.slice(1)}ToHclTerraform(`);
        return start < 0 ? [0, 0] : [start, this.text.indexOf('\n}\n', start)];
    }

    block(className) {
        const block = { attributes: {}, blocks: {} };
        for (const member of this.members(className)) {
            const complex = member.code.match(/^_\w+ = new (\w+?)(List|Map|OutputReference)\(this, "(\w+)"(?:, (true|false))?\)/);
            if (!complex) {
                const { name, computed, optional, required } = member;
                block.attributes[name] = { type: this.simpleType(member), required, optional, computed };
                continue;
            }
            const nested = this.block(`${complex[1]}OutputReference`);
            const many = complex[2] === 'List' ? (complex[4] === 'true' ? 'set' : 'list') : complex[2] === 'Map' ? 'map' : 'one';
            if (this.isComplexBlock(className, member, many)) {
                const hcl = this.hclType(className, member.name);
                block.blocks[member.name] = {
                    nesting: hcl === 'struct' ? 'single' : many === 'one' ? 'list' : many,
                    min: member.required ? 1 : 0,
                    max: many === 'one' && hcl !== 'struct' ? 1 : 0,
                    block: nested,
                };
            } else {
                const object = ['object', objectOf(nested)];
                const { name, computed, optional, required } = member;
                block.attributes[name] = { type: many === 'one' ? object : [many, object], required, optional, computed };
            }
        }
        return block;
    }

    isComplexBlock(className, member, many) {
        const settable = member.optional || member.required;
        return settable && (many === 'one' ? this.hclType(className, member.name) !== undefined : this.isBlock(className, member.name));
    }

    /** "list", "set", "struct" …, as the code that writes HCL says. */
    hclType(className, member) {
        const owner = className.endsWith('OutputReference')
            ? this.text.slice(...this.functionOf(className.slice(0, -'OutputReference'.length)))
            : this.classBody(className);
        const found = owner.match(new RegExp(`^ +${member}: \\{\\n +value: .*\\n +isBlock: (true|false),\\n +type: "(\\w+)"`, 'm'));
        return found && found[1] === 'true' ? found[2] : undefined;
    }

    simpleType(member) {
        // The getter comes right after, with or without the field that holds what was given.
        const getter = member.code.match(/return (cdktn\.Fn\.tolist\()?this\.(get\w+Attribute|interpolationForAttribute)\(/);
        const map = member.code.match(/^_\w+ = new cdktn\.(\w+)Map\(/);
        const many = getter?.[1] ? 'set' : 'list';
        const types = {
            getStringAttribute: 'string',
            getNumberAttribute: 'number',
            getBooleanAttribute: 'bool',
            getListAttribute: [many, 'string'],
            getNumberListAttribute: [many, 'number'],
            getStringMapAttribute: ['map', 'string'],
            getNumberMapAttribute: ['map', 'number'],
            getBooleanMapAttribute: ['map', 'bool'],
            interpolationForAttribute: 'dynamic',
        };
        const type = map ? { String: ['map', 'string'], Number: ['map', 'number'], Boolean: ['map', 'bool'], Any: 'dynamic' }[map[1]] : types[getter?.[2]];
        if (type === undefined) {
            throw new Error(`the type of ${member.name} can't be told from: ${member.code.slice(0, 200)}`);
        }
        return type;
    }
}

function objectOf(block) {
    const fields = {};
    for (const [name, attribute] of Object.entries(block.attributes)) {
        fields[name] = attribute.type;
    }
    for (const [name, { nesting, block: inner }] of Object.entries(block.blocks)) {
        const object = ['object', objectOf(inner)];
        fields[name] = nesting === 'single' ? object : [nesting, object];
    }
    return fields;
}

/** Where the .jsii file and the generated code differ on what is needed: a sign that one of them was misread. */
function disagreements(type, config, block) {
    const needed = new Set();
    for (const property of config.properties) {
        const documented = `${property.docs?.summary ?? ''} ${property.docs?.remarks ?? ''}`.match(/#(\w+) \w+#\w+\}/);
        if (documented && !property.optional) {
            needed.add(documented[1]);
        }
    }
    const found = [
        ...Object.entries(block.attributes).filter(([, a]) => a.required).map(([name]) => name),
        ...Object.entries(block.blocks).filter(([, b]) => b.min > 0).map(([name]) => name),
    ];
    return [
        ...[...needed].filter((name) => !found.includes(name)).map((name) => `${type}.${name} is needed by .jsii alone`),
        ...found.filter((name) => !needed.has(name)).map((name) => `${type}.${name} is needed by the code alone`),
    ];
}

function main(folder, output, types) {
    const jsii = JSON.parse(fs.readFileSync(path.join(folder, '.jsii'), 'utf8')).types;
    const classes = new Map();
    for (const type of Object.values(jsii)) {
        const kind = { 'cdktn.TerraformResource': '', 'cdktn.TerraformDataSource': 'data.' }[type.base];
        const name = type.docs?.summary?.match(/^Represents a \{@link \S+ (\w+)\}/);
        if (kind !== undefined && name) {
            classes.set(kind + name[1], type);
        }
    }
    const schema = { provider: undefined, resources: {}, data: {} };
    const wrong = [];
    for (const type of types) {
        const found = classes.get(type);
        if (!found) {
            continue;
        }
        const file = found.locationInModule.filename.replace(/^src\//, 'lib/').replace(/\.ts$/, '.js');
        const code = new GeneratedCode(path.join(folder, file));
        schema.provider ??= code.text.match(/providerVersion: '([\d.]+)'/)[1];
        const block = code.block(found.name);
        wrong.push(...disagreements(type, jsii[`${MODULE}${found.namespace}.${found.name}Config`], block));
        if (type.startsWith('data.')) {
            schema.data[type.slice('data.'.length)] = block;
        } else {
            schema.resources[type] = block;
        }
    }
    if (wrong.length > 0) {
        throw new Error(`the schema was misread:\n  ${wrong.join('\n  ')}`);
    }
    fs.writeFileSync(output, JSON.stringify(schema, null, 1));
}

main(process.argv[2], process.argv[3], process.argv.slice(4));
