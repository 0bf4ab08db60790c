"""Routes of intents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from tongdai.flows.intents import service
from tongdai.flows.intents.errors import NothingUnderstood, NotTrained
from tongdai.flows.intents.policies import problems_of
from tongdai.flows.intents.repository import SETS, IntentVersions
from tongdai.flows.intents.schemas import (
    IntentProblem,
    IntentsCheckIn,
    IntentSet,
    IntentSetChange,
    IntentSetIn,
    IntentVersion,
    IntentVersionDetail,
    PublishVersionIn,
    Tried,
    TryIn,
)
from tongdai.flows.intents.training import Trainer
from tongdai.flows.intents.understanding import Understander
from tongdai.flows.tables.repository import WITHIN, within
from tongdai.intelligence.public import NoLanguageModel
from tongdai.platform.auth import Reach
from tongdai.platform.database import Scope
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed

EDIT = "intents.edit"
router = APIRouter(prefix="/api/v1/intent-sets", tags=["flows"])


def _reach(me: Me) -> Reach:
    return me.reach(EDIT)


Within = Annotated[Reach, Depends(_reach)]


@router.get("")
async def list_sets(reach: Within, tx: Tx, asked: Asked) -> Page[IntentSet]:
    return await listed(tx, SETS, asked, WITHIN, **within(reach))


@router.post("", status_code=201)
async def post_set(body: IntentSetIn, reach: Within, tx: Tx) -> IntentSet:
    return await service.create_set(tx, reach, body)


@router.post("/check")
async def check_examples(body: IntentsCheckIn, _: Within) -> list[IntentProblem]:
    """What is wrong with these examples, without storing them."""
    return problems_of(body.intents, body.none)


@router.get("/{set_id}")
async def get_set(set_id: UUID, reach: Within, tx: Tx) -> IntentSet:
    return await service.get_set(tx, reach, set_id)


@router.patch("/{set_id}")
async def patch_set(set_id: UUID, body: IntentSetChange, reach: Within, tx: Tx) -> IntentSet:
    return await service.change_set(tx, reach, set_id, body)


@router.delete("/{set_id}", status_code=204)
async def delete_set(set_id: UUID, reach: Within, tx: Tx) -> None:
    """Put it aside. Flows that ask it go on by `unavailable`."""
    await service.archive_set(tx, reach, set_id, archived=True)


@router.post("/{set_id}/restore")
async def restore_set(set_id: UUID, reach: Within, tx: Tx) -> IntentSet:
    return await service.archive_set(tx, reach, set_id, archived=False)


@router.post("/{set_id}/train", status_code=202)
async def train_set(set_id: UUID, me: Me, reach: Within, tx: Tx, runtime: RuntimeOf) -> IntentVersion:
    """Begin to train and measure a version of the examples as they are stored; it is ready seconds to minutes later."""
    begun = await service.train(tx, reach, set_id, runtime.clock.now(), me.user_id)
    tx.after_commit(runtime.get(Trainer).wake)
    return begun


@router.get("/{set_id}/versions")
async def list_versions(set_id: UUID, reach: Within, tx: Tx) -> Page[IntentVersion]:
    return Page(items=await service.list_versions(tx, reach, set_id))


@router.get("/{set_id}/versions/{number}")
async def get_version(set_id: UUID, number: int, reach: Within, tx: Tx) -> IntentVersionDetail:
    return await service.version(tx, reach, set_id, number)


@router.post("/{set_id}/publish")
async def publish_version(set_id: UUID, body: PublishVersionIn, reach: Within, tx: Tx) -> IntentSet:
    """Let flows ask this version; an older one again, too."""
    return await service.publish(tx, reach, set_id, body)


@router.post("/{set_id}/try")
async def try_sentence(set_id: UUID, body: TryIn, me: Me, reach: Within, runtime: RuntimeOf) -> Tried:
    """What a version understands of a sentence, which is not stored."""
    understander = runtime.get(Understander)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await service.get_set(tx, reach, set_id)
        asked = await IntentVersions(tx).ready(set_id, body.number)
        if asked is None:
            raise NotTrained()
        classifier = await understander.classifier(tx, asked)
    try:
        return Tried(**await understander.understand(asked, classifier, body.text))
    except NoLanguageModel as error:
        raise NothingUnderstood(f"{NothingUnderstood.__doc__} {error}") from error
