/**
 * The environment variables that the input of a run may never set, because they change which code a container runs, or as whom it calls
 * AWS. The author of a job may set them.
 */

/** What the names of variables begin with that AWS SDKs read. https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */
const SDK_PREFIX = 'AWS_';

/** Variables of loaders, shells and language runtimes that name code to run. */
const CODE: readonly RegExp[] = [
  /^(LD|DYLD)_/, // https://man7.org/linux/man-pages/man8/ld.so.8.html
  /^(GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*)$/, // what ld.so ignores for privileged programs: the same page
  /^(PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND)$/, // https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html
  /^(NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS)$/, // https://nodejs.org/api/cli.html#environment-variables_1
  /^PYTHON/, // https://docs.python.org/3/using/cmdline.html#environment-variables
  /^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|CLASSPATH)$/, // https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html
  /^(DOTNET|CORECLR|COMPlus)_/, // https://learn.microsoft.com/en-us/dotnet/core/tools/dotnet-environment-variables
  /^(PERL5?(LIB|OPT|DB).*|RUBY(LIB|OPT)|PHPRC|PHP_INI_SCAN_DIR|LUA_(INIT|PATH|CPATH).*|R_(PROFILE|ENVIRON|LIBS).*|JULIA_LOAD_PATH)$/,
  /^(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_TLS_REJECT_UNAUTHORIZED|OPENSSL_.*)$/, // whom a client trusts
  /^(HTTPS?|ALL|NO|FTP)_PROXY$/i, // who sees the credentials of the job role, which have no TLS
  /^(HOME|XDG_.*)$/, // where a program finds its settings, and the SDKs their profiles
  /^(GIT|GEM|BUNDLE)_/,
  /^npm_config_/i,
];

/** Why a run may not set a variable, as the rest of a sentence about it. Undefined for one that it may set where its job allows it. */
export function reservedVariableFault(name: string): string | undefined {
  if (name.startsWith(SDK_PREFIX)) return `begins with ${SDK_PREFIX}, and would change how the container calls AWS; use another name`;
  if (CODE.some((pattern) => pattern.test(name))) return 'would change which code the container runs or trusts; use another name, or set it in the job\'s \'environment\'';
  return undefined;
}
