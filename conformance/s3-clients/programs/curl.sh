# Requests that are signed by hand: with curl, and with no AWS SDK. The same program runs in AWS and in a local run.
set -eu
region="${AWS_REGION:-$AWS_DEFAULT_REGION}"
endpoint="${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-}}"

# The URL of s3://<bucket>/<key>. AWS has the bucket in the name of the host: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
url_of() {
  place="${1#s3://}"
  if [ -n "$endpoint" ]; then echo "$endpoint/$place"; else echo "https://${place%%/*}.s3.$region.amazonaws.com/${place#*/}"; fi
}

# The keys of the job role, as JSON. In AWS they are at an address: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
fetch_keys() {
  url="${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}"
  [ -z "${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}" ] || url="http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  authorization="${AWS_CONTAINER_AUTHORIZATION_TOKEN:-}"
  [ -z "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-}" ] || authorization=$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
  curl --silent --show-error --fail --retry 3 ${authorization:+--header "Authorization: $authorization"} "$url"
}

member() {
  echo "$keys" | tr -d '\n' | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}

# Sends a request. The keys of a role end after some hours, so each request asks for them.
request() {
  id="${AWS_ACCESS_KEY_ID:-}" secret="${AWS_SECRET_ACCESS_KEY:-}" token="${AWS_SESSION_TOKEN:-}"
  if [ -z "$id" ]; then
    keys=$(fetch_keys)
    id=$(member AccessKeyId) secret=$(member SecretAccessKey) token=$(member Token)
  fi
  curl --silent --show-error --aws-sigv4 "aws:amz:$region:s3" --user "$id:$secret" ${token:+--header "x-amz-security-token: $token"} \
    --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@"
}

request --fail --output /tmp/text "$(url_of "$1")"

big=$(url_of "s3://$BUCKET/a%20b/big%2B1")
head -c 12582912 /dev/urandom > /tmp/big
request --fail --upload-file /tmp/big "$big"
request --fail --output /tmp/copy "$big"
same=false
cmp /tmp/big /tmp/copy && same=true
listed=$(request --fail "$(url_of "s3://$BUCKET/")?list-type=2" | sed -n 's/.*<Key>\(.*\)<\/Key>.*/\1/p')
result=$(url_of "$HEAVY_BATCH_RESULT")
denied=$(request "$result" | sed -n 's/.*<Code>\(.*\)<\/Code>.*/\1/p')

echo "{\"read\": $(wc -c < /tmp/text), \"isSame\": $same, \"listed\": [\"$listed\"], \"denied\": \"$denied\"}" > /tmp/result
request --fail --upload-file /tmp/result "$result"
