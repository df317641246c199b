// A stand-in for the AWS provider that knows its schema and nothing else, so that `terraform validate`, `terraform test`
// and a rehearsed apply run without the provider and without AWS.
//
//   node schema-provider.js SCHEMA COMMAND...     runs COMMAND with this provider in the place of hashicorp/aws
//
// It says what schema.js has found out, accepts every value, and makes up what AWS would answer: ids, ARNs, zones. It
// renders aws_iam_policy_document as the provider does, so a rehearsed apply shows the policies as AWS would get them.
// What the real provider refuses beyond its schema (a malformed CIDR, say) it lets pass.
'use strict';

const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { ExtData, decode, encode } = require('@msgpack/msgpack');

const ACCOUNT = '123456789012';
const PARTITION = 'aws';
const UNKNOWN = new ExtData(0, new Uint8Array([0]));

const isUnknown = (value) => value instanceof ExtData;
const packed = (value) => ({ msgpack: Buffer.from(encode(value)) });
const unpacked = (dynamic) => decode(dynamic.msgpack);

// ---- schema, in the protocol's words

function blockMessage(block) {
    return {
        version: 0,
        attributes: Object.entries(block.attributes).map(([name, { type, ...flags }]) => ({
            name,
            type: Buffer.from(JSON.stringify(type)),
            ...flags,
        })),
        block_types: Object.entries(block.blocks).map(([name, nested]) => ({
            type_name: name,
            block: blockMessage(nested.block),
            nesting: nested.nesting.toUpperCase(),
            min_items: nested.min,
            max_items: nested.max,
        })),
    };
}

const schemaMessage = (block) => ({ version: 0, block: blockMessage(block) });

// The provider's own configuration is in no resource's schema. This much of it is used here.
const PROVIDER = {
    attributes: { region: { type: 'string', required: false, optional: true, computed: false } },
    blocks: {
        default_tags: {
            nesting: 'list',
            min: 0,
            max: 1,
            block: { attributes: { tags: { type: ['map', 'string'], required: false, optional: true, computed: false } }, blocks: {} },
        },
    },
};

// ---- values that AWS would make up

let serial = 0;

function identifier(prefix) {
    serial += 1;
    return `${prefix}-${serial.toString(16).padStart(17, '0')}`;
}

const ARNS = {
    aws_ecr_repository: (r, at) => `arn:aws:ecr:${at}:${ACCOUNT}:repository/${r.name}`,
    aws_iam_instance_profile: (r) => `arn:aws:iam::${ACCOUNT}:instance-profile${r.path}${r.name}`,
    aws_iam_policy: (r) => `arn:aws:iam::${ACCOUNT}:policy${r.path}${r.name}`,
    aws_iam_role: (r) => `arn:aws:iam::${ACCOUNT}:role${r.path}${r.name}`,
    aws_iam_user: (r) => `arn:aws:iam::${ACCOUNT}:user${r.path}${r.name}`,
    aws_kms_key: (r, at) => `arn:aws:kms:${at}:${ACCOUNT}:key/00000000-0000-0000-0000-000000000001`,
    aws_s3_bucket: (r) => `arn:aws:s3:::${r.bucket}`,
};

const PREFIXES = {
    aws_eip: 'eipalloc',
    aws_internet_gateway: 'igw',
    aws_nat_gateway: 'nat',
    aws_route_table: 'rtb',
    aws_security_group: 'sg',
    aws_subnet: 'subnet',
    aws_vpc: 'vpc',
    aws_vpc_endpoint: 'vpce',
};

function invented(type, name, attributeType, resource, region) {
    if (name === 'id') {
        return resource.bucket || (PREFIXES[type] ? identifier(PREFIXES[type]) : resource.name || identifier('id'));
    }
    if (name === 'arn') {
        const kind = type.slice('aws_'.length).replaceAll('_', '-');
        return (ARNS[type] ?? ((r, at) => `arn:aws:ec2:${at}:${ACCOUNT}:${kind}/${r.id}`))(resource, region);
    }
    if (name === 'repository_url') {
        return `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/${resource.name}`;
    }
    if (name === 'path') {
        return '/';
    }
    if (attributeType === 'string') {
        return identifier(name);
    }
    return { number: 0, bool: false, list: [], set: [], map: {} }[Array.isArray(attributeType) ? attributeType[0] : attributeType] ?? null;
}

// ---- aws_iam_policy_document

const listOr = (values) => (values.length === 1 ? values[0] : [...values].sort().reverse());

// A policy's own variables are written &{...} in HCL, where ${...} is taken.
const variables = (values) => values.map((value) => value.replaceAll('&{', '${'));

function principals(blocks) {
    const all = {};
    for (const { type, identifiers } of blocks) {
        if (type === '*' && identifiers.includes('*')) {
            return '*';
        }
        all[type] = listOr([...(all[type] ? [all[type]].flat() : []), ...identifiers]);
    }
    return all;
}

function conditions(blocks) {
    const all = {};
    for (const { test, variable, values } of blocks) {
        all[test] ??= {};
        all[test][variable] = listOr([...(all[test][variable] ? [all[test][variable]].flat() : []), ...variables(values)]);
    }
    return all;
}

function statement(given) {
    const made = { Effect: given.effect ?? 'Allow' };
    if (given.sid) {
        made.Sid = given.sid;
    }
    for (const [key, attribute] of [['Action', 'actions'], ['NotAction', 'not_actions'], ['Resource', 'resources'], ['NotResource', 'not_resources']]) {
        if (given[attribute]?.length > 0) {
            made[key] = listOr(attribute.endsWith('resources') ? variables(given[attribute]) : given[attribute]);
        }
    }
    for (const [key, block] of [['Principal', 'principals'], ['NotPrincipal', 'not_principals']]) {
        if (given[block]?.length > 0) {
            made[key] = principals(given[block]);
        }
    }
    if (given.condition?.length > 0) {
        made.Condition = conditions(given.condition);
    }
    return made;
}

function policyDocument(config) {
    const inherited = (config.source_policy_documents ?? []).flatMap((text) => JSON.parse(text).Statement);
    const document = { Version: config.version ?? '2012-10-17', Statement: [...inherited, ...(config.statement ?? []).map(statement)] };
    return { ...config, id: '1', version: document.Version, json: JSON.stringify(document, null, 2), minified_json: JSON.stringify(document) };
}

// ---- the provider

class SchemaProvider {
    constructor(schema) {
        this.schema = schema;
        this.region = 'us-east-1';
    }

    GetSchema() {
        const messages = (blocks) => Object.fromEntries(Object.entries(blocks).map(([type, block]) => [type, schemaMessage(block)]));
        return {
            provider: schemaMessage(PROVIDER),
            resource_schemas: messages(this.schema.resources),
            data_source_schemas: messages(this.schema.data),
        };
    }

    PrepareProviderConfig({ config }) {
        return { prepared_config: config };
    }

    ValidateResourceTypeConfig() {
        return {};
    }

    ValidateDataSourceConfig() {
        return {};
    }

    Configure({ config }) {
        this.region = unpacked(config).region ?? this.region;
        this.tags = unpacked(config).default_tags?.[0]?.tags ?? {};
        return {};
    }

    UpgradeResourceState({ raw_state }) {
        return { upgraded_state: packed(JSON.parse(raw_state.json.toString())) };
    }

    ReadResource({ current_state }) {
        return { new_state: current_state };
    }

    PlanResourceChange({ type_name, prior_state, proposed_new_state }) {
        const proposed = unpacked(proposed_new_state);
        if (proposed === null || unpacked(prior_state) !== null) {
            return { planned_state: proposed_new_state, legacy_type_system: true };
        }
        const { attributes } = this.schema.resources[type_name];
        const planned = { ...proposed };
        for (const [name, { computed }] of Object.entries(attributes)) {
            if (computed && planned[name] === null) {
                planned[name] = UNKNOWN;
            }
        }
        if ('tags_all' in attributes && !isUnknown(planned.tags)) {
            planned.tags_all = { ...this.tags, ...planned.tags };
        }
        return { planned_state: packed(planned), legacy_type_system: true };
    }

    ApplyResourceChange({ type_name, planned_state }) {
        const planned = unpacked(planned_state);
        if (planned === null) {
            return { new_state: planned_state };
        }
        const { attributes } = this.schema.resources[type_name];
        const unknown = Object.keys(planned).filter((name) => isUnknown(planned[name]));
        // An ARN is made of a path, a name and an id.
        const rank = (name) => ['path', 'name', 'id'].indexOf(name) + 1 || 4;
        unknown.sort((a, b) => rank(a) - rank(b));
        for (const name of unknown) {
            planned[name] = invented(type_name, name, attributes[name].type, planned, this.region);
        }
        return { new_state: packed(planned), legacy_type_system: true };
    }

    /** The name of a bucket is its id. */
    ImportResourceState({ type_name, id }) {
        if (type_name !== 'aws_s3_bucket') {
            return { diagnostics: [{ severity: 'ERROR', summary: `schema-provider.js imports no ${type_name}` }] };
        }
        const { attributes, blocks } = this.schema.resources[type_name];
        const state = {};
        for (const name of Object.keys(attributes)) {
            state[name] = null;
        }
        for (const [name, { nesting }] of Object.entries(blocks)) {
            state[name] = nesting === 'single' ? null : [];
        }
        Object.assign(state, { id, bucket: id, arn: ARNS.aws_s3_bucket({ bucket: id }) });
        return { imported_resources: [{ type_name, state: packed(state) }] };
    }

    ReadDataSource({ type_name, config }) {
        const given = unpacked(config);
        const zones = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => this.region + letter);
        const answers = {
            aws_availability_zones: () => ({ ...given, id: this.region, names: zones, zone_ids: zones, group_names: [this.region] }),
            aws_caller_identity: () => ({ ...given, id: ACCOUNT, account_id: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, user_id: ACCOUNT }),
            aws_iam_policy_document: () => policyDocument(given),
            aws_kms_key: () => ({ ...given, id: given.key_id, arn: ARNS.aws_kms_key(given, this.region) }),
            aws_partition: () => ({ ...given, id: PARTITION, partition: PARTITION, dns_suffix: 'amazonaws.com', reverse_dns_prefix: 'com.amazonaws' }),
        };
        if (!answers[type_name]) {
            return { diagnostics: [{ severity: 'ERROR', summary: `schema-provider.js has no answer for data ${type_name}` }] };
        }
        return { state: packed(answers[type_name]()) };
    }

    Stop() {
        return {};
    }
}

function serve(provider, socket) {
    const definition = protoLoader.loadSync(path.join(__dirname, 'provider-protocol.proto'), {
        keepCase: true,
        enums: String,
        longs: Number,
        defaults: true,
    });
    const { service } = grpc.loadPackageDefinition(definition).tfplugin5.Provider;
    const methods = {};
    for (const name of Object.keys(service)) {
        methods[name] = (call, answer) => {
            try {
                answer(null, provider[name](call.request));
            } catch (failure) {
                answer({ code: grpc.status.INTERNAL, message: failure.stack });
            }
        };
    }
    const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    server.addService(service, methods);
    return new Promise((resolve, reject) => {
        server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), (failure) => (failure ? reject(failure) : resolve(server)));
    });
}

async function main(schemaFile, command) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'schema-provider-'));
    const socket = path.join(folder, 'socket');
    const server = await serve(new SchemaProvider(JSON.parse(fs.readFileSync(schemaFile, 'utf8'))), socket);
    // Terraform's own way of using a provider that runs already, made for debugging providers.
    const reattach = {
        'hashicorp/aws': { Protocol: 'grpc', ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: { Network: 'unix', String: socket } },
    };
    const child = spawn(command[0], command.slice(1), {
        stdio: 'inherit',
        env: { ...process.env, TF_REATTACH_PROVIDERS: JSON.stringify(reattach) },
    });
    child.on('exit', (status) => {
        server.forceShutdown();
        fs.rmSync(folder, { recursive: true });
        process.exit(status ?? 1);
    });
}

main(process.argv[2], process.argv.slice(3));
