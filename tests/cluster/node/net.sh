# shellcheck shell=bash disable=SC2034
# Addresses of our own node; sourced. The link lies in a range that is set aside for tests of networks (RFC 2544).
host_ip=198.18.199.1
node_ip=198.18.199.2
pods=10.244.0.0/16
services=10.96.0.0/16
api_ip=10.96.0.1 # the service `kubernetes`: first of the range
dns_ip=10.96.0.10
link=lakehouse0
cgroup=lakehouse-node
node_name=lakehouse-node
