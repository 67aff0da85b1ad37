/** The addresses of the instance metadata: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const ADDRESSES = ['169.254.169.254', 'fd00:ec2::254'];

const DIRECTORY = '/etc/systemd/system/ecstasks.slice.d';

/**
 * Closes the instance metadata to the containers of jobs, and to nothing else on the instance.
 *
 * AWS Batch starts the containers of single-node jobs in the network of their host, so no hop limit keeps them from the metadata. The ECS agent
 * creates the containers of a task below the systemd slice `ecstasks.slice`
 * (https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/task/task_linux.go). With cgroup v2 Docker has systemd create a scope for each
 * container (https://docs.docker.com/engine/containers/runmetrics/#control-groups), and systemd gives a scope the `IPAddressDeny` of the slices
 * above it, as a BPF program on its cgroup (https://www.freedesktop.org/software/systemd/man/252/systemd.resource-control.html). This is valid in
 * each network mode, needs no kernel module, and a container with CAP_NET_ADMIN cannot remove it, unlike a rule of iptables. The credentials of
 * the job role have another address, 169.254.170.2, which stays open. The agent, its log drivers and SSM run in other slices.
 *
 * The drop-in file is there at later boots too. The agent starts after this script, since its unit is ordered after cloud-final
 * (https://github.com/aws/amazon-ecs-agent/blob/master/packaging/amazon-linux-ami-integrated/ecs.service). Whatever fails here, the instance
 * starts: it says so in the log of cloud-init, and goes on.
 *
 * Tasks in the network mode `awsvpc`, which are the nodes of a job, also get no route to the metadata from the agent:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
export const CLOSE_INSTANCE_METADATA = [
  'echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config',
  `mkdir -p ${DIRECTORY} &&`,
  `  printf '%s\\n' '[Slice]' 'IPAddressDeny=${ADDRESSES.join(' ')}' > ${DIRECTORY}/instance-metadata.conf &&`,
  '  timeout 60 systemctl daemon-reload &&',
  '  [ -e /sys/fs/cgroup/cgroup.controllers ] ||', // cgroup v2, without which systemd has no such program
  "  echo 'cdk-heavy-batch: containers can reach the instance metadata' >&2",
];
