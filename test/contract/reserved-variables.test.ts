import { reservedVariableFault } from '../../src/contract/reserved-variables';

test.each([
  'AWS_REGION', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_ENDPOINT_URL', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'GLIBC_TUNABLES', 'PATH', 'BASH_ENV', 'ENV', 'IFS',
  'BASH_FUNC_ls%%', 'NODE_OPTIONS', 'NODE_PATH', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONHOME', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'CLASSPATH', 'DOTNET_STARTUP_HOOKS', 'CORECLR_PROFILER',
  'PERL5OPT', 'PERL5LIB', 'RUBYOPT', 'RUBYLIB', 'PHP_INI_SCAN_DIR', 'LUA_INIT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_TLS_REJECT_UNAUTHORIZED', 'OPENSSL_CONF', 'HTTP_PROXY', 'https_proxy', 'no_proxy',
  'HOME', 'XDG_CONFIG_HOME', 'GIT_SSH_COMMAND', 'GEM_HOME', 'BUNDLE_GEMFILE', 'npm_config_node_options',
])('no run may set %s', (name) => {
  expect(reservedVariableFault(name)).toBeDefined();
});

test.each(['MODE', 'aws_region', 'MY_AWS_REGION', 'NODE_ENV', 'GOLD_PRELOAD', 'INPUT_PATH', 'CLASSPATHS', 'ENVIRONMENT', 'JAVA_HOME', 'PROXY', 'GITHUB_SHA', 'HOMEPAGE', '__proto__'])('a run may set %s where its job allows it', (name) => {
  expect(reservedVariableFault(name)).toBeUndefined();
});

test('a name that only begins like a reserved one may be set', () => {
  for (const name of ['SSL_CERT_FILES', 'REQUESTS_CA_BUNDLES', 'NODE_TLS_REJECT_UNAUTHORIZED_NOT']) expect(reservedVariableFault(name)).toBeUndefined();
});
