"""Go's types of what the API gives: what a template finds in a struct that JSON leaves out, and what errors call it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from netsandbox.commands.docker.templates.values import Map, Null, Number, Slice, Struct, Text

STRUCTS = {
    "container.InspectResponse": "^*container.ContainerJSONBase Mounts:[]container.MountPoint Config:*container.Config "
        "NetworkSettings:*container.NetworkSettings ImageManifestDescriptor?:*v1.Descriptor",
    "container.ContainerJSONBase": "ID=Id Created Path Args:[]string State:*container.State Image ResolvConfPath "
        "HostnamePath HostsPath LogPath Name RestartCount:int Driver Platform MountLabel ProcessLabel AppArmorProfile "
        "ExecIDs:[]string HostConfig:*container.HostConfig GraphDriver:storage.DriverData SizeRw?:*int64 "
        "SizeRootFs?:*int64",
    "container.State": "Status Running:bool Paused:bool Restarting:bool OOMKilled:bool Dead:bool Pid:int ExitCode:int "
        "Error StartedAt FinishedAt Health?:*container.Health",
    "container.Health": "Status FailingStreak:int Log:[]*container.HealthcheckResult",
    "container.HealthcheckResult": "Start:time.Time End:time.Time ExitCode:int Output",
    "container.HostConfig": "Binds:[]string ContainerIDFile LogConfig:container.LogConfig "
        "NetworkMode:container.NetworkMode PortBindings:nat.PortMap RestartPolicy:container.RestartPolicy "
        "AutoRemove:bool VolumeDriver VolumesFrom:[]string ConsoleSize:[]uint Annotations?:map[string]string "
        "CapAdd:strslice.StrSlice CapDrop:strslice.StrSlice CgroupnsMode:container.CgroupnsMode DNS=Dns:[]string "
        "DNSOptions=DnsOptions:[]string DNSSearch=DnsSearch:[]string ExtraHosts:[]string GroupAdd:[]string "
        "IpcMode:container.IpcMode Cgroup:container.CgroupSpec Links:[]string OomScoreAdj:int "
        "PidMode:container.PidMode Privileged:bool PublishAllPorts:bool ReadonlyRootfs:bool SecurityOpt:[]string "
        "StorageOpt?:map[string]string Tmpfs?:map[string]string UTSMode:container.UTSMode "
        "UsernsMode:container.UsernsMode ShmSize:int64 Sysctls?:map[string]string Runtime? "
        "Isolation:container.Isolation ^container.Resources Mounts?:[]mount.Mount MaskedPaths:[]string "
        "ReadonlyPaths:[]string Init?:*bool",
    "container.Resources": "CPUShares=CpuShares:int64 Memory:int64 NanoCPUs=NanoCpus:int64 CgroupParent "
        "BlkioWeight:uint16 BlkioWeightDevice:[]*blkiodev.WeightDevice BlkioDeviceReadBps:[]*blkiodev.ThrottleDevice "
        "BlkioDeviceWriteBps:[]*blkiodev.ThrottleDevice BlkioDeviceReadIOps:[]*blkiodev.ThrottleDevice "
        "BlkioDeviceWriteIOps:[]*blkiodev.ThrottleDevice CPUPeriod=CpuPeriod:int64 CPUQuota=CpuQuota:int64 "
        "CPURealtimePeriod=CpuRealtimePeriod:int64 CPURealtimeRuntime=CpuRealtimeRuntime:int64 CpusetCpus CpusetMems "
        "Devices:[]container.DeviceMapping DeviceCgroupRules:[]string DeviceRequests:[]container.DeviceRequest "
        "MemoryReservation:int64 MemorySwap:int64 MemorySwappiness:*int64 OomKillDisable:*bool PidsLimit:*int64 "
        "Ulimits:[]*container.Ulimit CPUCount=CpuCount:int64 CPUPercent=CpuPercent:int64 IOMaximumIOps:uint64 "
        "IOMaximumBandwidth:uint64",
    "container.LogConfig": "Type Config:map[string]string",
    "container.RestartPolicy": "Name:container.RestartPolicyMode MaximumRetryCount:int",
    "container.Ulimit": "Name Hard:int64 Soft:int64",
    "container.DeviceMapping": "PathOnHost PathInContainer CgroupPermissions",
    "blkiodev.WeightDevice": "Path Weight:uint16", "blkiodev.ThrottleDevice": "Path Rate:uint64",
    "nat.PortBinding": "HostIP=HostIp HostPort", "struct {}": "",
    "mount.Mount": "Type?:mount.Type Source? Target? ReadOnly?:bool Consistency?:mount.Consistency "
        "BindOptions?:*mount.BindOptions VolumeOptions?:*mount.VolumeOptions TmpfsOptions?:*mount.TmpfsOptions",
    "mount.BindOptions": "Propagation?:mount.Propagation NonRecursive?:bool CreateMountpoint?:bool "
        "ReadOnlyNonRecursive?:bool ReadOnlyForceRecursive?:bool",
    "mount.TmpfsOptions": "SizeBytes?:int64 Mode?:os.FileMode",
    "mount.VolumeOptions": "NoCopy?:bool Labels?:map[string]string Subpath? DriverConfig?:*mount.Driver",
    "mount.Driver": "Name? Options?:map[string]string",
    "container.MountPoint": "Type?:mount.Type Name? Source Destination Driver? Mode RW:bool "
        "Propagation:mount.Propagation",
    "container.Config": "Hostname Domainname User AttachStdin:bool AttachStdout:bool AttachStderr:bool "
        "ExposedPorts?:nat.PortSet Tty:bool OpenStdin:bool StdinOnce:bool Env:[]string Cmd:strslice.StrSlice "
        "Healthcheck?:*container.HealthConfig ArgsEscaped?:bool Image Volumes:map[string]struct_{} WorkingDir "
        "Entrypoint:strslice.StrSlice NetworkDisabled?:bool MacAddress? OnBuild:[]string Labels:map[string]string "
        "StopSignal? StopTimeout?:*int Shell?:strslice.StrSlice",
    "container.HealthConfig": "Test?:[]string Interval?:time.Duration Timeout?:time.Duration "
        "StartPeriod?:time.Duration StartInterval?:time.Duration Retries?:int",
    "container.NetworkSettings": "^container.NetworkSettingsBase ^container.DefaultNetworkSettings "
        "Networks:map[string]*network.EndpointSettings",
    "container.NetworkSettingsBase": "Bridge SandboxID SandboxKey Ports:nat.PortMap HairpinMode:bool "
        "LinkLocalIPv6Address LinkLocalIPv6PrefixLen:int SecondaryIPAddresses:[]network.Address "
        "SecondaryIPv6Addresses:[]network.Address",
    "container.DefaultNetworkSettings": "EndpointID Gateway GlobalIPv6Address GlobalIPv6PrefixLen:int IPAddress "
        "IPPrefixLen:int IPv6Gateway MacAddress",
    "network.EndpointSettings": "IPAMConfig:*network.EndpointIPAMConfig Links:[]string Aliases:[]string MacAddress "
        "DriverOpts:map[string]string GwPriority:int NetworkID EndpointID Gateway IPAddress IPPrefixLen:int "
        "IPv6Gateway GlobalIPv6Address GlobalIPv6PrefixLen:int DNSNames:[]string",
    "network.EndpointIPAMConfig": "IPv4Address? IPv6Address? LinkLocalIPs?:[]string",
    "network.Inspect": "Name ID=Id Created:time.Time Scope Driver EnableIPv4:bool EnableIPv6:bool IPAM:network.IPAM "
        "Internal:bool Attachable:bool Ingress:bool ConfigFrom:network.ConfigReference ConfigOnly:bool "
        "Containers:map[string]network.EndpointResource Options:map[string]string Labels:map[string]string "
        "Peers?:[]network.PeerInfo Services?:map[string]network.ServiceInfo Status",
    "network.IPAM": "Driver Options:map[string]string Config:[]network.IPAMConfig",
    "network.IPAMConfig": "Subnet? IPRange? Gateway? AuxAddress=AuxiliaryAddresses?:map[string]string",
    "network.ConfigReference": "Network", "network.ServiceInfo": "",
    "network.EndpointResource": "Name EndpointID MacAddress IPv4Address IPv6Address",
    "volume.Volume": "ClusterVolume?:*volume.ClusterVolume CreatedAt? Driver Labels:map[string]string Mountpoint Name "
        "Options:map[string]string Scope Status?:map[string]interface_{} UsageData?:*volume.UsageData",
    "image.InspectResponse": "ID=Id RepoTags:[]string RepoDigests:[]string Parent Comment Created? DockerVersion "
        "Author Config:*v1.DockerOCIImageConfig Architecture Variant? Os OsVersion? Size:int64 "
        "GraphDriver:storage.DriverData RootFS:image.RootFS Metadata:image.Metadata",
    "v1.DockerOCIImageConfig": "User? ExposedPorts?:map[string]struct_{} Env?:[]string Entrypoint?:[]string "
        "Cmd?:[]string Volumes?:map[string]struct_{} WorkingDir? Labels?:map[string]string StopSignal? "
        "ArgsEscaped?:bool Healthcheck?:*v1.HealthcheckConfig OnBuild?:[]string Shell?:[]string",
    "v1.HealthcheckConfig": "Test?:[]string Interval?:time.Duration Timeout?:time.Duration "
        "StartPeriod?:time.Duration StartInterval?:time.Duration Retries?:int",
    "image.RootFS": "Type? Layers?:[]string", "image.Metadata": "LastTagTime?:time.Time",
    "storage.DriverData": "Data:map[string]string Name",
    "context.contextWithTLSData": "^store.Metadata TLSMaterial:map[string]store.EndpointFiles "
        "Storage:store.StorageInfo",
    "store.Metadata": "Name? Metadata?:map[string]interface_{} Endpoints?:map[string]interface_{}",
    "store.StorageInfo": "MetadataPath TLSPath",
    "events.Message": "Status=status? ID=id? From=from? Type:events.Type Action:events.Action Actor:events.Actor "
        "Scope=scope? Time=time?:int64 TimeNano=timeNano?:int64",
    "events.Actor": "ID Attributes:map[string]string",
}
"""By struct its fields: NAME, =JSON where JSON names it otherwise, ? where JSON leaves it out when it is empty, and
:TYPE of one that is no text; ^TYPE is a struct whose fields are taken for its own. A field that JSON always has is not
there in a release whose JSON has it not."""
NAMED = {"nat.PortMap": "map[nat.Port][]nat.PortBinding", "nat.PortSet": "map[nat.Port]struct_{}",
         "strslice.StrSlice": "[]string", "time.Duration": "int64", "os.FileMode": "uint32"}
"""Types with a name of their own; any other is a text."""
NUMBERS = ("int", "int64", "uint", "uint16", "uint32", "uint64")
FIELD = re.compile(r"(\^)?([\w.*]+?)(?:=(\w+))?(\?)?(?::(\S+))?")
MAP = re.compile(r"map\[([\w.]+)\](.+)")


class Field(NamedTuple):
    """One field of a struct; embedded, its name is its type's."""

    name: str
    json: str
    type: str
    is_embedded: bool
    is_optional: bool


@cache
def fields_of(struct: str) -> tuple[Field, ...]:
    found = []
    for token in STRUCTS.get(struct, "").split():
        caret, name, in_json, optional, kind = (FIELD.fullmatch(token) or [""] * 6).groups()  # type: ignore[union-attr]
        found.append(Field(name.rpartition(".")[2], in_json or name, kind or name if caret else kind or "string",
                           bool(caret), bool(optional)))
    return tuple(found)


def build(value: Any, kind: str, *, is_whole: bool = True) -> Any:
    """What JSON has, as a value of that type.

    Args:
        is_whole: of a struct, that the fields which JSON always has are there or not by the release; a zero has all.
    """
    if kind.startswith("*"):
        if value is None:
            return Null(kind)
        target = build(value, kind[1:], is_whole=is_whole)
        if isinstance(target, Struct):
            target.is_pointer = True
        return target
    base = NAMED.get(kind, kind)
    if base.startswith("[]"):
        return Slice([build(item, base[2:]) for item in value or ()], kind, is_nil=value is None)
    if found := MAP.fullmatch(base):
        key, inner = found.groups()
        items = {build(name, key): build(item, inner) for name, item in sorted((value or {}).items())}
        return Map(items, kind.replace("_", " "), zero=build(None, inner, is_whole=False), is_nil=value is None)
    if base.replace("_", " ") in STRUCTS:
        return _struct(value or {}, base.replace("_", " "), is_whole and value is not None)
    if kind == "interface_{}":
        return value
    if base in NUMBERS:
        return int(value or 0) if kind == "int" else Number(value or 0, kind)
    if kind == "bool":
        return bool(value)
    return str(value or "") if kind == "string" else Text(value or "", kind)


def _struct(value: dict[str, Any], kind: str, is_whole: bool) -> Struct:
    made, places, last = Struct(kind), {key: place for place, key in enumerate(value)}, 0
    order = []
    for field in fields_of(kind):  # as the release has them, in its JSON
        last = places.get(field.json, last)
        order.append((last, field))
    for _place, field in sorted(order, key=lambda item: item[0]):
        if field.is_embedded:
            inner = _struct(value, field.type.lstrip("*"), is_whole)
            inner.is_pointer = field.type.startswith("*")
            made.add(field.name, "", inner, is_embedded=True)
        elif field.json in value or field.is_optional or not is_whole:
            made.add(field.name, field.json, build(value.get(field.json), field.type), is_optional=field.is_optional)
    return made
