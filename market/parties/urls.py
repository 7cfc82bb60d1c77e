"""The doors of this room."""

from django.urls import path

from market.parties.views import agencies, desk, members, own

urlpatterns = [
    path("org/", own.organisation, name="organisation"),
    path("org/new/", own.new, name="org-new"),
    path("org/edit/", own.edit, name="org-edit"),
    path("org/submit/", own.submit, name="org-submit"),
    path("org/act-for/", own.act_for, name="act_for"),
    path("org/affiliations/", own.affiliations, name="org-affiliations"),
    path("org/members/", members.members, name="org-members"),
    path("org/members/<int:pk>/role/", members.change_role, name="org-member-role"),
    path("org/members/<int:pk>/remove/", members.remove, name="org-member-remove"),
    path("org/members/invitations/<int:pk>/", members.take_back, name="org-invitation-take-back"),
    path("org/invitations/<int:pk>/", members.answer, name="org-invitation"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/<str:code>/", agencies.agency, name="agency"),
    path("desk/parties/", desk.parties, name="desk-parties"),
    path("desk/parties/<str:code>/", desk.party, name="desk-party"),
    path("desk/parties/<str:code>/licences/", desk.licence, name="desk-party-licence"),
    path("desk/parties/<str:code>/auctioneers/", desk.auctioneer, name="desk-party-auctioneer"),
    path("desk/parties/<str:code>/ties/<int:pk>/end/", desk.end_tie, name="desk-party-tie-end"),
]
