"""The desk where reviews are decided on."""

from django.contrib import admin

from detoxsite.modeladmins import ShownModelAdmin

from .models import Testimonial


@admin.register(Testimonial)
class TestimonialAdmin(ShownModelAdmin):
    list_display = ["__str__", "status", "tie", "submitted_at", "is_sample"]
    list_filter = ["status", "tie", "submitted_at"]
    fieldsets = [(None, {"fields": ["status", "tie", "submitted_at"]})]
