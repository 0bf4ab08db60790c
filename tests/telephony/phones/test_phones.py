"""Desk phones of users, over HTTP."""

from typing import Any


async def test_a_desk_phone_is_given_listed_and_taken_away(site: Any):
    admin = await site.sign_in("admin")
    user_id = (await admin.get("/auth/me")).json()["user"]["id"]
    made = (await admin.post(f"/users/{user_id}/phones")).json()
    assert len(made["sip_password"]) >= 12
    listed = (await admin.get(f"/users/{user_id}/phones")).json()
    assert listed == [
        {"id": made["id"], "sip_user": made["sip_user"], "server": made["server"], "registered": False}
    ]
    renewed = (await admin.post(f"/users/{user_id}/phones/{made['id']}/password")).json()
    assert renewed["sip_user"] == made["sip_user"]
    assert renewed["sip_password"] != made["sip_password"]
    assert (await admin.post(f"/users/{user_id}/phones/{made['id']}/password")).status_code == 404
    made = renewed
    assert (await admin.delete(f"/users/{user_id}/phones/{made['id']}")).status_code == 204
    assert (await admin.get(f"/users/{user_id}/phones")).json() == []
    assert (await admin.delete(f"/users/{user_id}/phones/{made['id']}")).status_code == 404
