"""The words that approval's commands are made of."""

from typing import Annotated

from msgspec import Meta

from canglian.kernel.fields import Field, impersonal

Actor = Annotated[str, Meta(pattern=r"^(user|key):[a-z0-9][a-z0-9._-]{0,39}\Z", description="user:ann or key:abcdefgh")]
Behind = Annotated[str, Meta(max_length=80)]
ProposalId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}\Z", description="The proposal's id: apr_…")]
DelegationId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}\Z", description="The delegation's id: dlg_…")]
GroupCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\Z", max_length=40, description="branch-managers")]
PolicyCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*\Z", max_length=40, description="large-transfers")]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.]*\Z", max_length=60, description="ledger.post_transfer")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="The digest of the proposal that was looked at.")]
Sentence = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", min_length=1, max_length=300), Field(check=impersonal)]
